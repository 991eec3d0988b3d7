import { isDict, pythonRepr, type Changes, type CheckOutcome, type Dict, type Value } from '@brine/common';
import {
  anyValue,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { orFailure } from '../or-failure.ts';
import { connectMysql, mysqlArguments, quoteMysqlText, type MysqlServer, type MysqlTable } from './mysql.ts';

/** The arguments of the `mysql_query` states, but for what is run and where. */
export const queryArguments = {
  output: optional(lineText()).describe('`grain`, or the path of a file that gets the answer.'),
  grain: optional(lineText()).describe('The grain that gets the answer, with output: grain.'),
  key: optional(lineText()).describe('The key of the grain that gets it.'),
  overwrite: withDefault(flag(), true).describe('Whether it runs when the file or grain is there already.'),
  check_db_exists: withDefault(flag(), true).describe('Whether the database has to be there.'),
  client_flags: optional(anyValue()).describe('Accepted for compatibility: the program mysql needs none.'),
  ...mysqlArguments,
};

/** A query as a state describes it. */
export interface QueryRequest extends MysqlServer {
  readonly database: string;
  readonly output: string | undefined;
  readonly grain: string | undefined;
  readonly key: string | undefined;
  readonly overwrite: boolean;
  readonly check_db_exists: boolean;
  readonly sql: () => Promise<string | { readonly refusal: string }>;
}

/** Says whether a query is to run, and what becomes of its answer. */
export function checkQuery(request: QueryRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  return orFailure(async () => {
    const { database, output, grain } = request;
    if (output === 'grain' && grain === undefined) return fails("Error: output type 'grain' needs the grain parameter");
    const sql = await request.sql();
    if (typeof sql !== 'string') return fails(sql.refusal);
    const mysql = connectMysql({ ...request, connection_db: undefined }, context);
    const inside = connectMysql({ ...request, connection_db: database }, context);
    if (request.check_db_exists) {
      const names = await mysql.ask(context.host, `SHOW DATABASES LIKE ${quoteMysqlText(likeText(database))}`);
      if (names.length === 0) return fails(`Database ${database} is not present`);
    }
    const settled = request.overwrite ? undefined : await findSettled(request, context);
    if (settled !== undefined) return isOk(settled);
    const place = placeOf(request);
    const changes = { query: place === undefined ? 'Executed' : `Executed. Output into ${place.done}` };
    const told = place === undefined ? 'not storing result' : `storing result in ${place.pending}`;
    return willChange({ comment: `Query would execute, ${told}`, changes }, (machine) =>
      attempt('', async () => {
        const answer = (await inside.query(machine, sql.replace(/;\s*$/, ''))).at(-1) ?? [];
        await keep(request, { answer, machine, context });
        return { comment: pythonRepr(toDict(answer)), changes: changes satisfies Changes };
      }),
    );
  });
}

function likeText(name: string): string {
  return name.replace(/[%_\\]/g, '\\$&');
}

function placeOf({
  output,
  grain,
  key,
}: QueryRequest): { readonly pending: string; readonly done: string } | undefined {
  if (output === undefined) return undefined;
  if (output !== 'grain') return { pending: `file: ${output}`, done: output };
  const whole = key === undefined ? (grain ?? '') : `${grain ?? ''}:${key}`;
  return { pending: `grain: ${whole}`, done: `grain: ${whole}` };
}

async function findSettled(
  { output, grain = '', key }: QueryRequest,
  context: StateContext,
): Promise<string | undefined> {
  if (output === 'grain') {
    const value = context.grains.get(grain);
    if (key === undefined) return value === undefined ? undefined : `No execution needed. Grain ${grain} already set`;
    return isDict(value) && value.has(key) ? `No execution needed. Grain ${grain}:${key} already set` : undefined;
  }
  if (output === undefined || (await context.host.files.stat(output, { follow: true })) === undefined) return undefined;
  return `No execution needed. File ${output} already set`;
}

function toDict(answer: MysqlTable): Dict {
  const columns = Object.keys(answer[0] ?? {});
  return new Map<Value, Value>([
    ['columns', columns],
    ['results', answer.map((row): Value => new Map<Value, Value>(Object.entries(row)))],
    ['rows returned', answer.length],
  ]);
}

interface Keeping {
  readonly answer: MysqlTable;
  readonly machine: Host;
  readonly context: StateContext;
}

async function keep(request: QueryRequest, { answer, machine, context }: Keeping): Promise<void> {
  const { output, grain = '', key } = request;
  if (output === undefined) return;
  if (output !== 'grain') {
    const lines = answer.flatMap((row) => Object.entries(row).map(([column, value]) => `${column}:${value ?? ''}\n`));
    await machine.files.write(output, Buffer.from(lines.join('')));
    return;
  }
  const old = context.grains.get(grain);
  const value = key === undefined ? toDict(answer) : new Map([...(isDict(old) ? old : []), [key, toDict(answer)]]);
  await context.call('grains.set', [grain, value], new Map<Value, Value>([['force', true]]));
}
