import type { Expression, IfNode, Statement, Target } from '../syntax/nodes.ts';
import { childExpressions } from './child-expressions.ts';
import type { Scope } from './scope.ts';
import { statementParts } from './statement-parts.ts';

/** Notes in a scope every name that statements read or assign in it, in order. Scopes inside are left for later. */
export function analyzeStatements(scope: Scope, statements: readonly Statement[]): void {
  for (const statement of statements) analyzeStatement(scope, statement);
}

export function analyzeExpression(scope: Scope, expression: Expression | undefined): void {
  if (expression === undefined) return;
  if (expression.type === 'name') scope.load(expression.name);
  else for (const child of childExpressions(expression)) analyzeExpression(scope, child);
}

function analyzeTarget(scope: Scope, target: Target): void {
  if (target.type === 'name') scope.store(target.name);
  else if (target.type === 'namespaceTarget') scope.load(target.name);
  else for (const item of target.items) analyzeTarget(scope, item);
}

/** Notes the variables of a loop, which exist only in its body. */
export function declareTarget(scope: Scope, target: Target): void {
  if (target.type === 'name') scope.declareParameter(target.name);
  else if (target.type === 'tupleTarget') for (const item of target.items) declareTarget(scope, item);
}

function analyzeStatement(scope: Scope, statement: Statement): void {
  if (statement.type === 'if') {
    analyzeIf(scope, statement);
    return;
  }
  for (const expression of evaluatedHere(statement)) analyzeExpression(scope, expression);
  for (const target of assignedHere(statement)) analyzeTarget(scope, target);
  // The body of a profile tag has no scope of its own.
  if (statement.type === 'profile') analyzeStatements(scope, statement.body);
}

/** Expressions of a tag that belong to the scope around it, not to that of its body. */
function evaluatedHere(statement: Statement): readonly Expression[] {
  if (statement.type === 'for') return [statement.iterable];
  if (statement.type === 'callBlock') return [statement.call];
  if (statement.type === 'macro' || statement.type === 'setBlock') return [];
  return statementParts(statement).expressions;
}

function assignedHere(statement: Statement): readonly Target[] {
  return statement.type === 'for' || statement.type === 'with' ? [] : statementParts(statement).targets;
}

function analyzeIf(scope: Scope, node: IfNode): void {
  const [first, ...others] = node.branches;
  if (first === undefined) return;
  analyzeExpression(scope, first.test);
  const body = scope.branch();
  analyzeStatements(body, first.body);
  const elifs = scope.branch();
  for (const branch of others) analyzeIf(elifs, { ...node, branches: [branch], otherwise: [] });
  const otherwise = scope.branch();
  analyzeStatements(otherwise, node.otherwise);
  scope.mergeBranches([body, elifs, otherwise]);
}
