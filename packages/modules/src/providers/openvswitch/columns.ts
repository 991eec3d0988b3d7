import { AppError, dumpJson, type Value } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { askSwitch } from './ovs-vsctl.ts';
import { readJson } from '../commands/read-json.ts';

/** A record of the database of the switch. */
export interface SwitchRecord {
  readonly table: string;
  readonly record: string;
}

/** The value of a column; `null` where the record is not there and need not be. Throws `state-failed`. */
export async function readColumn(
  host: ReadHost,
  { table, record }: SwitchRecord,
  { column, ifExists }: { readonly column: string; readonly ifExists: boolean },
): Promise<Value> {
  const words = ['--format=json', `--columns=${column}`, ...(ifExists ? ['--if-exists'] : []), 'list', table, record];
  const { exitCode, stdout, stderr } = await askSwitch(host, words);
  if (exitCode !== 0) throw new AppError({ code: 'state-failed', message: stderr.trim() });
  const { data } = readJson('ovs-vsctl', stdout) as { readonly data: readonly (readonly Value[])[] };
  return fromSwitch(data[0]?.[0] ?? null);
}

/** Sets and maps of the database are lists that begin with their kind. */
function fromSwitch(told: Value): Value {
  if (!Array.isArray(told)) return told;
  const [kind, members] = told;
  if (told.length !== 2 || !Array.isArray(members)) return told.map(fromSwitch);
  if (kind === 'set') return members.map(fromSwitch);
  if (kind !== 'map') return told;
  const pairs = members.map((pair): [Value, Value] => {
    const [key = null, value = null] = Array.isArray(pair) ? pair : [];
    return [key, fromSwitch(value)];
  });
  return new Map(pairs);
}

/** The words that set a column. */
export function setColumnWords(
  { table, record }: SwitchRecord,
  { column, value }: { readonly column: string; readonly value: Value },
): readonly string[] {
  return ['set', table, record, `${column}=${toSwitch(value)}`];
}

function toSwitch(value: Value): string {
  if (value instanceof Map)
    return `{${Array.from(value, ([key, one]) => `${toSwitch(key)}=${toSwitch(one)}`).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(toSwitch).join(', ')}]`;
  if (typeof value === 'string') return JSON.stringify(value);
  return dumpJson(value);
}
