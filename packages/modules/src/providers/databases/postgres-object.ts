import { isAppError, type CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { askPostgres, isUnreached, runPostgres, type PostgresServer } from './postgres.ts';

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

/** What a server answered to a look, or why it could not be asked. */
export interface PostgresLook {
  readonly rows: readonly (readonly string[])[];
  /** Why the server, or the database, could not be reached. It may be started, or made, before the step's turn comes. */
  readonly unreached?: string;
}

/** The rows of a look at what is to be there; the text of the server when it refuses. A server that cannot be reached has none. */
export async function lookPostgres(
  host: ReadHost,
  server: PostgresServer,
  sql: string,
): Promise<PostgresLook | string> {
  try {
    return { rows: await askPostgres(host, server, sql) };
  } catch (caught) {
    if (isUnreached(caught)) return { rows: [], unreached: caught.message };
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}

/** Says in what is foretold that the server could not be asked. */
export function noteUnreached(outcome: CheckOutcome<Host>, { unreached }: PostgresLook): CheckOutcome<Host> {
  if (outcome.kind !== 'change' || unreached === undefined) return outcome;
  const { pending } = outcome;
  return { ...outcome, pending: { ...pending, comment: `${pending.comment} (${unreached})` } };
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
  const look = await lookPostgres(host, server, sql);
  if (typeof look === 'string') return fails(look);
  if (look.unreached !== undefined && !wish.isWanted) return fails(look.unreached);
  return look.rows.length > 0 === wish.isWanted
    ? isOk(wish.settled)
    : noteUnreached(changePostgres(server, wish), look);
}
