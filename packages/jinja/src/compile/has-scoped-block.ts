import type { Statement } from '../syntax/nodes.ts';
import { statementParts } from './statement-parts.ts';

/** Whether a block that sees the variables around it stands anywhere in statements. */
export function hasScopedBlock(statements: readonly Statement[]): boolean {
  return statements.some(
    (statement) =>
      (statement.type === 'block' && statement.scoped) || statementParts(statement).bodies.some(hasScopedBlock),
  );
}
