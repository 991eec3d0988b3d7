import type { CallArgumentNodes, Expression } from '../syntax/nodes.ts';

export function argumentExpressions(args: CallArgumentNodes): Expression[] {
  const expressions = [...args.positional, ...args.keyword.map(({ value }) => value)];
  if (args.spread !== undefined) expressions.push(args.spread);
  if (args.keywordSpread !== undefined) expressions.push(args.keywordSpread);
  return expressions;
}

function present(...expressions: (Expression | undefined)[]): Expression[] {
  return expressions.filter((expression) => expression !== undefined);
}

/** The expressions right inside an expression. */
export function childExpressions(node: Expression): readonly Expression[] {
  switch (node.type) {
    case 'call':
      return [node.callee, ...argumentExpressions(node.args)];
    case 'filter':
      return [...present(node.input), ...argumentExpressions(node.args)];
    case 'test':
      return [node.input, ...argumentExpressions(node.args)];
    case 'tuple':
    case 'list':
      return node.items;
    case 'concat':
      return node.parts;
    case 'dict':
      return node.pairs.flatMap(({ key, value }) => [key, value]);
    case 'conditional':
      return present(node.test, node.then, node.otherwise);
    case 'slice':
      return present(node.start, node.stop, node.step);
    default:
      return operandsOf(node);
  }
}

type Operation = Exclude<
  Expression,
  { type: 'call' | 'filter' | 'test' | 'tuple' | 'list' | 'concat' | 'dict' | 'conditional' | 'slice' }
>;

function operandsOf(node: Operation): readonly Expression[] {
  switch (node.type) {
    case 'compare':
      return [node.first, ...node.steps.map(({ operand }) => operand)];
    case 'and':
    case 'or':
    case 'binary':
      return [node.left, node.right];
    case 'not':
    case 'sign':
      return [node.operand];
    case 'attribute':
      return [node.object];
    case 'subscript':
      return [node.object, node.key];
    case 'name':
    case 'constant':
      return [];
  }
}
