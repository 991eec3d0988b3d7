import { loadJson, toFloat, type Value } from '@brine/common';
import { daemonError } from '../errors.ts';
import type { QueriedDatabase } from './open-sqlite.ts';

const milliseconds = { connect: 10_000, query: 30_000 };

/** Connects to a PostgreSQL database. `%s` in queries is the place for a value, `%%` a percent sign. Throws `database-unusable`. */
export async function openPostgres(place: {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}): Promise<QueriedDatabase> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({
    ...place,
    connectionTimeoutMillis: milliseconds.connect,
    query_timeout: milliseconds.query,
    types: { getTypeParser: () => (text: string) => text },
  });
  // A connection that breaks later fails the query that needs it.
  client.on('error', () => {});
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      throw daemonError('database-unusable', cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  const parseList = pg.types.getTypeParser(textList as number, 'text') as (text: string) => unknown;
  await attempt(async () => client.connect());
  return {
    query: async (sql, parameter) =>
      attempt(async () => {
        const { text, values } = placesFilled(sql, parameter);
        const { fields, rows } = await client.query<(string | null)[]>({ text, values: [...values], rowMode: 'array' });
        const toCell = (cell: string | null, column: number): Value =>
          cell === null ? null : readCell(cell, fields[column]?.dataTypeID ?? 0, parseList);
        return { fields: fields.map(({ name }) => name), rows: rows.map((row) => row.map(toCell)) };
      }),
    close: async () => client.end(),
  };
}

/** Each place gets a number of its own, for the server may take each for another type. */
function placesFilled(sql: string, parameter: string): { readonly text: string; readonly values: readonly string[] } {
  const values: string[] = [];
  const text = sql.replaceAll(/%[%s]/g, (mark) => (mark === '%%' ? '%' : `$${values.push(parameter)}`));
  return { text, values };
}

const textList = 1009;

/** How cells are read, by the object ids of PostgreSQL's own types. All others stay texts. */
const scalars: ReadonlyMap<number, (text: string) => Value> = new Map([
  [16, (text: string): Value => text === 't'],
  ...[20, 21, 23, 26].map((oid) => [oid, readInteger] as const),
  ...[700, 701].map((oid) => [oid, (text: string): Value => toFloat(Number(text))] as const),
  [1700, (text: string): Value => (/^-?\d+$/.test(text) ? readInteger(text) : toFloat(Number(text)))],
  ...[114, 3802].map((oid) => [oid, loadJson] as const),
  [17, (text: string): Value => Uint8Array.from(Buffer.from(text.replace(String.raw`\x`, ''), 'hex'))],
]);

/** Lists by the type of their members. */
const lists: ReadonlyMap<number, number> = new Map([
  ...[
    [1000, 16],
    [1005, 21],
    [1007, 23],
    [1016, 20],
    [1021, 700],
    [1022, 701],
    [1231, 1700],
    [199, 114],
    [3807, 3802],
  ].map(([list = 0, member = 0]) => [list, member] as const),
  ...[textList, 1015, 1014, 1002, 2951].map((list) => [list, 0] as const),
]);

function readCell(cell: string, oid: number, parseList: (text: string) => unknown): Value {
  const member = lists.get(oid);
  const readScalar = (text: string): Value => scalars.get(member ?? oid)?.(text) ?? text;
  if (member === undefined) return scalars.has(oid) ? (scalars.get(oid)?.(cell) ?? null) : cell;
  const readList = (value: unknown): Value => {
    if (Array.isArray(value)) return value.map(readList);
    return typeof value === 'string' ? readScalar(value) : null;
  };
  return readList(parseList(cell));
}

function readInteger(text: string): Value {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
