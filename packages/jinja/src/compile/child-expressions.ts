import type { NodeOfType, CallArgumentNodes, Expression } from '../syntax/nodes.ts';

function argumentExpressions(args: CallArgumentNodes): Expression[] {
  const expressions = [...args.positional, ...args.keyword.map(({ value }) => value)];
  if (args.spread !== undefined) expressions.push(args.spread);
  if (args.keywordSpread !== undefined) expressions.push(args.keywordSpread);
  return expressions;
}

function present(...expressions: (Expression | undefined)[]): Expression[] {
  return expressions.filter((expression) => expression !== undefined);
}

type Children = {
  readonly [Type in Expression['type']]: (node: NodeOfType<Expression, Type>) => readonly Expression[];
};

const children: Children = {
  name: () => [],
  constant: () => [],
  call: (node) => [node.callee, ...argumentExpressions(node.args)],
  filter: (node) => [...present(node.input), ...argumentExpressions(node.args)],
  test: (node) => [node.input, ...argumentExpressions(node.args)],
  tuple: (node) => node.items,
  list: (node) => node.items,
  concat: (node) => node.parts,
  dict: (node) => node.pairs.flatMap(({ key, value }) => [key, value]),
  conditional: (node) => present(node.test, node.whenTrue, node.otherwise),
  slice: (node) => present(node.start, node.stop, node.step),
  compare: (node) => [node.first, ...node.steps.map(({ operand }) => operand)],
  and: (node) => [node.left, node.right],
  or: (node) => [node.left, node.right],
  binary: (node) => [node.left, node.right],
  not: (node) => [node.operand],
  sign: (node) => [node.operand],
  attribute: (node) => [node.object],
  subscript: (node) => [node.object, node.key],
};

/** The expressions right inside an expression. */
export function childExpressions(node: Expression): readonly Expression[] {
  const list = children[node.type] as (node: Expression) => readonly Expression[];
  return list(node);
}
