import type { GroupCommit } from './group-commit.ts';
import type { Row } from './sqlite-rows.ts';

/** What the methods of the store reach the database through. */
export interface SqliteAccess {
  readonly commit: GroupCommit;
  readonly one: (sql: string, ...values: unknown[]) => Row | undefined;
  readonly all: (sql: string, ...values: unknown[]) => readonly Row[];
  readonly run: (sql: string, ...values: unknown[]) => number;
  readonly now: () => number;
}
