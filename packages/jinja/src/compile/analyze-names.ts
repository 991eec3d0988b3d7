import type { Expression, IfNode, Statement, Target } from '../syntax/nodes.ts';
import { childExpressions } from './child-expressions.ts';
import type { Scope } from './scope.ts';

/** Notes in a scope every name that statements read or assign in it, in order. Scopes inside are left for later. */
export function analyzeStatements(scope: Scope, statements: readonly Statement[]): void {
  for (const statement of statements) analyzeStatement(scope, statement);
}

export function analyzeExpression(scope: Scope, expression: Expression | undefined): void {
  if (expression === undefined) return;
  if (expression.type === 'name') scope.load(expression.name);
  else for (const child of childExpressions(expression)) analyzeExpression(scope, child);
}

export function analyzeTarget(scope: Scope, target: Target): void {
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
  switch (statement.type) {
    case 'output':
      for (const part of statement.parts) if (part.type !== 'data') analyzeExpression(scope, part);
      return;
    case 'if':
      analyzeIf(scope, statement);
      return;
    case 'for':
      analyzeExpression(scope, statement.iterable);
      return;
    case 'do':
      analyzeExpression(scope, statement.expression);
      return;
    case 'with':
      for (const { value } of statement.assignments) analyzeExpression(scope, value);
      return;
    case 'profile':
      analyzeExpression(scope, statement.label);
      analyzeStatements(scope, statement.body);
      return;
    default:
      analyzeDefinition(scope, statement);
  }
}

type Definition = Exclude<Statement, { type: 'output' | 'if' | 'for' | 'do' | 'with' | 'profile' }>;

function analyzeDefinition(scope: Scope, statement: Definition): void {
  switch (statement.type) {
    case 'set':
      analyzeExpression(scope, statement.value);
      analyzeTarget(scope, statement.target);
      return;
    case 'setBlock':
    case 'loadData':
      analyzeTarget(scope, statement.target);
      return;
    case 'macro':
      scope.store(statement.name);
      return;
    case 'callBlock':
      analyzeExpression(scope, statement.call);
      return;
    case 'filterBlock':
      analyzeExpression(scope, statement.filter);
      return;
    case 'autoescape':
      analyzeExpression(scope, statement.enabled);
      return;
    case 'block':
    case 'break':
    case 'continue':
      return;
    default:
      analyzeImport(scope, statement);
  }
}

type Import = Extract<Statement, { type: 'extends' | 'include' | 'import' | 'importData' | 'fromImport' }>;

function analyzeImport(scope: Scope, statement: Import): void {
  analyzeExpression(scope, statement.template);
  if (statement.type === 'import' || statement.type === 'importData') scope.store(statement.target);
  if (statement.type === 'fromImport') for (const { alias } of statement.names) scope.store(alias);
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
