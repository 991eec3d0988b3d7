import type { Expression, Statement, Target } from '../syntax/nodes.ts';

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

/** The expressions, assigned targets and bodies right inside a statement. */
export function statementParts(node: Statement): StatementParts {
  switch (node.type) {
    case 'output':
      return parts(node.parts.filter((part) => part.type !== 'data'));
    case 'if':
      return parts(
        node.branches.map(({ test }) => test),
        [],
        ...node.branches.map(({ body }) => body),
        node.otherwise,
      );
    case 'for':
      return parts([node.iterable, node.test], [node.target], node.body, node.otherwise);
    case 'with':
      return parts(
        node.assignments.map(({ value }) => value),
        node.assignments.map(({ target }) => target),
        node.body,
      );
    case 'do':
      return parts([node.expression]);
    case 'profile':
      return parts([node.label], [], node.body);
    case 'autoescape':
      return parts([node.enabled], [], node.body);
    case 'block':
      return parts([], [], node.body);
    case 'break':
    case 'continue':
      return parts([]);
    default:
      return definitionParts(node);
  }
}

type Definition = Exclude<
  Statement,
  { type: 'output' | 'if' | 'for' | 'with' | 'do' | 'profile' | 'autoescape' | 'block' | 'break' | 'continue' }
>;

function definitionParts(node: Definition): StatementParts {
  switch (node.type) {
    case 'set':
      return parts([node.value], [node.target]);
    case 'setBlock':
      return parts([node.filter], [node.target], node.body);
    case 'loadData':
      return parts([], [node.target], node.body);
    case 'macro':
      return parts(
        node.parameters.map(({ fallback }) => fallback),
        [name(node.name, node.offset)],
        node.body,
      );
    case 'callBlock':
      return parts([node.call, ...node.parameters.map(({ fallback }) => fallback)], [], node.body);
    case 'filterBlock':
      return parts([node.filter], [], node.body);
    case 'include':
    case 'extends':
      return parts([node.template]);
    case 'import':
    case 'importData':
      return parts([node.template], [name(node.target, node.offset)]);
    case 'fromImport':
      return parts(
        [node.template],
        node.names.map(({ alias, offset }) => name(alias, offset)),
      );
  }
}
