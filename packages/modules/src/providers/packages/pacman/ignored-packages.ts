import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../../kit/index.ts';

const configuration = '/etc/pacman.conf';
const setting = /^\s*IgnorePkg\s*=\s*(.*)$/;

/** The packages an upgrade leaves alone. */
export async function readIgnored(host: ReadHost): Promise<ReadonlySet<string>> {
  const text = Buffer.from((await host.files.read(configuration)) ?? '').toString('utf8');
  const lines = text.split('\n').flatMap((line) => setting.exec(line)?.[1] ?? []);
  return new Set(lines.flatMap((line) => line.split(/\s+/)).filter((word) => word !== ''));
}

/** Adds packages to those an upgrade leaves alone, or takes them off. */
export async function writeIgnored(machine: Host, names: readonly string[], held: boolean): Promise<void> {
  const bytes = await machine.files.read(configuration);
  if (bytes === undefined) throw new AppError({ code: 'state-failed', message: `${configuration} was not found` });
  const others = [...(await readIgnored(machine))].filter((name) => !names.includes(name));
  const ignored = new Set([...others, ...(held ? names : [])]);
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const place = lines.findIndex((line) => setting.test(line));
  const kept = lines.filter((line) => !setting.test(line));
  const section = kept.findIndex((line) => line.trim() === '[options]');
  if (section < 0) throw new AppError({ code: 'state-failed', message: `${configuration} has no [options]` });
  const at = place < 0 ? section + 1 : place;
  const line = ignored.size === 0 ? [] : [`IgnorePkg = ${[...ignored].join(' ')}`];
  const text = kept.toSpliced(at, 0, ...line).join('\n');
  const stat = await machine.files.stat(configuration);
  await machine.files.write(configuration, Buffer.from(text), stat === undefined ? {} : { mode: stat.mode });
}
