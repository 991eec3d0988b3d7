import type { Expression, Statement, Target } from '../syntax/nodes.ts';
import { childExpressions } from './child-expressions.ts';
import { statementParts } from './statement-parts.ts';

/** Which of some names statements read before they assign them. Blocks are not looked into. */
export function findUndeclared(statements: readonly Statement[], names: readonly string[]): Set<string> {
  const search: Search = { open: new Set(names), found: new Set() };
  for (const statement of statements) searchStatement(search, statement);
  return search.found;
}

interface Search {
  /** Names that are still free. */
  readonly open: Set<string>;
  readonly found: Set<string>;
}

export function readsName(expression: Expression | undefined, name: string): boolean {
  if (expression === undefined) return false;
  if (expression.type === 'name') return expression.name === name;
  return childExpressions(expression).some((child) => readsName(child, name));
}

function searchExpression(search: Search, expression: Expression): void {
  if (expression.type !== 'name') {
    for (const child of childExpressions(expression)) searchExpression(search, child);
  } else if (search.open.has(expression.name)) search.found.add(expression.name);
}

function searchTarget(search: Search, target: Target): void {
  if (target.type === 'name') search.open.delete(target.name);
  else if (target.type === 'tupleTarget') for (const item of target.items) searchTarget(search, item);
}

function searchStatement(search: Search, statement: Statement): void {
  if (statement.type === 'block') return;
  const { expressions, targets, bodies } = statementParts(statement);
  for (const expression of expressions) searchExpression(search, expression);
  for (const target of targets) searchTarget(search, target);
  for (const body of bodies) for (const inner of body) searchStatement(search, inner);
}
