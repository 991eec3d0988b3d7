import type { NodeOfType, Expression, MacroParameter, Statement, Target } from '../syntax/nodes.ts';

/** What a statement is made of. */
export interface StatementParts {
  readonly expressions: readonly Expression[];
  readonly targets: readonly Target[];
  readonly bodies: readonly (readonly Statement[])[];
}

function parts(
  expressions: readonly (Expression | undefined)[],
  targets: readonly Target[] = [],
  ...bodies: readonly (readonly Statement[])[]
): StatementParts {
  return { expressions: expressions.filter((expression) => expression !== undefined), targets, bodies };
}

function name(text: string, offset: number): Target {
  return { type: 'name', name: text, offset };
}

type Parts = { readonly [Type in Statement['type']]: (node: NodeOfType<Statement, Type>) => StatementParts };

const nothing: StatementParts = { expressions: [], targets: [], bodies: [] };

const partsOf: Parts = {
  output: (node) => parts(node.parts.filter((part) => part.type !== 'data')),
  if: (node) => {
    const tests = node.branches.map(({ test }) => test);
    return parts(tests, [], ...node.branches.map(({ body }) => body), node.otherwise);
  },
  for: (node) => parts([node.iterable, node.test], [node.target], node.body, node.otherwise),
  with: (node) => {
    const values = node.assignments.map(({ value }) => value);
    const targets = node.assignments.map(({ target }) => target);
    return parts(values, targets, node.body);
  },
  do: (node) => parts([node.expression]),
  profile: (node) => parts([node.label], [], node.body),
  autoescape: (node) => parts([node.enabled], [], node.body),
  block: (node) => parts([], [], node.body),
  break: () => nothing,
  continue: () => nothing,
  set: (node) => parts([node.value], [node.target]),
  setBlock: (node) => parts([node.filter], [node.target], node.body),
  loadData: (node) => parts([], [node.target], node.body),
  macro: (node) => parts(fallbacks(node), [name(node.name, node.offset)], node.body),
  callBlock: (node) => parts([node.call, ...fallbacks(node)], [], node.body),
  filterBlock: (node) => parts([node.filter], [], node.body),
  include: (node) => parts([node.template]),
  extends: (node) => parts([node.template]),
  import: (node) => parts([node.template], [name(node.target, node.offset)]),
  importData: (node) => parts([node.template], [name(node.target, node.offset)]),
  fromImport: (node) =>
    parts(
      [node.template],
      node.names.map(({ alias, offset }) => name(alias, offset)),
    ),
};

function fallbacks(node: { readonly parameters: readonly MacroParameter[] }): (Expression | undefined)[] {
  return node.parameters.map(({ fallback }) => fallback);
}

/** The expressions, assigned targets and bodies right inside a statement. */
export function statementParts(node: Statement): StatementParts {
  const find = partsOf[node.type] as (node: Statement) => StatementParts;
  return find(node);
}
