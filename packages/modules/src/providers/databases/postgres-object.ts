import { isAppError, type CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { askPostgres, runPostgres, type PostgresServer } from './postgres.ts';

/** A change of something that a server has: what a dry run says, what is then done, and what is said of it. */
export interface PostgresChange {
  readonly name: string;
  readonly pending: string;
  readonly statements: readonly string[];
  readonly done: string;
  readonly change: string | Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** What stands before the server's words when it refuses. */
  readonly failure: string;
}

/** The rows of a look; the text of the server when it refuses. */
export async function lookPostgres(
  host: ReadHost,
  server: PostgresServer,
  sql: string,
): Promise<readonly (readonly string[])[] | string> {
  try {
    return await askPostgres(host, server, sql);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}

/** The outcome that runs statements. */
export function changePostgres(server: PostgresServer, change: PostgresChange): CheckOutcome<Host> {
  const changes = { [change.name]: change.change };
  return willChange({ comment: change.pending, changes }, (machine) =>
    attempt(change.failure, async () => {
      for (const sql of change.statements) await runPostgres(machine, server, sql);
      return { comment: change.done, changes };
    }),
  );
}

/** The outcome for something that is to be there, or not, and needs no comparison. */
export async function checkExistence(
  { host, server }: { readonly host: ReadHost; readonly server: PostgresServer },
  sql: string,
  wish: PostgresChange & { readonly isWanted: boolean; readonly settled: string },
): Promise<CheckOutcome<Host>> {
  const rows = await lookPostgres(host, server, sql);
  if (typeof rows === 'string') return fails(rows);
  return rows.length > 0 === wish.isWanted ? isOk(wish.settled) : changePostgres(server, wish);
}
