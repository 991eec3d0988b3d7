import { AppError, pythonStr, type Dict } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { readJson } from '../commands/read-json.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';

/** A row of a report: names of fields with their texts. */
export type LvmRow = Readonly<Record<string, string>>;

/** What `pvs`, `vgs` or `lvs` reports, sizes in bytes. Throws `provider-missing` without LVM, `state-failed` when it refuses. */
export async function reportLvm(
  host: ReadHost,
  kind: 'pv' | 'vg' | 'lv',
  fields: readonly string[],
): Promise<readonly LvmRow[]> {
  const command = [`${kind}s`, '--reportformat=json', '--units=b', '--nosuffix', `--options=${fields.join(',')}`];
  const result = await host.inspect({ command, timeout: 300_000 });
  if (result.exitCode === 127) throw new AppError({ code: 'provider-missing', message: `${kind}s: command not found` });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const { report } = readJson(`${kind}s`, result.stdout) as {
    report: readonly Readonly<Record<string, readonly LvmRow[]>>[];
  };
  return report.flatMap((part) => part[kind] ?? []);
}

/** Has LVM do something and answers what it says. Throws `state-failed` when it fails. */
export async function runLvm(machine: Host, command: readonly string[]): Promise<string> {
  return (await runTool(machine, command)).stdout.trim();
}

/** Options for a program out of further arguments: `stripes: 2` becomes `--stripes 2`, `true` an option alone. */
export function optionWords(options: Dict): readonly string[] {
  return [...options].flatMap(([key, value]) => {
    const option = `--${pythonStr(key)}`;
    if (value === true || value === null) return [option];
    return value === false ? [] : [option, pythonStr(value)];
  });
}

const units = ['', 'k', 'm', 'g', 't', 'p'];

/** Bytes of a size as LVM reads it: `10G`, `512` (megabytes), `1024s` (sectors); `undefined` for another form. */
export function readLvmSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([bskmgtp]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const letter = unit === '' ? 'm' : unit.toLowerCase();
  const factor = letter === 'b' ? 1 : letter === 's' ? 512 : 1024 ** units.indexOf(letter);
  return Math.round(Number(digits) * factor);
}

/** Whether a name can be one of a group or volume, so that it is no option and no path. */
export function isLvmName(name: string): boolean {
  return /^[\w+.][\w+.-]*$/.test(name) && name !== '.' && name !== '..';
}
