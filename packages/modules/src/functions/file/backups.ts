import { posix } from 'node:path';
import { pythonStr, toValue, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { integer, optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { ReadHost } from '../../kit/host.ts';
import { backUp } from '../../providers/files/back-up.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { filePath } from './file-path.ts';

const backupId = text().describe('Number of the copy, as `file.list_backups` tells it.');

export const listBackups = listFunction('file.list_backups');
export const listBackup = listFunction('file.list_backup');

function listFunction(name: string) {
  return defineFunction({
    name,
    summary: 'The copies kept of a file, newest first.',
    args: z.object({ path: filePath(), limit: optional(integer()).describe('How many to tell.') }),
    examples: [`'*' ${name} /foo/bar/baz.txt`],
    async run({ path, limit }, context) {
      const backups = await findBackups(context, path);
      return new Map(backups.slice(0, limit).map((backup, index) => [index, toValue(describe(backup))]));
    },
  });
}

export const listBackupsDir = defineFunction({
  name: 'file.list_backups_dir',
  summary: 'The copies kept of the files of a folder, newest first, by the name of the file.',
  args: z.object({
    path: filePath().describe('Path of a file, or of the folder with a slash at its end.'),
    limit: optional(integer()).describe('How many to tell of each.'),
  }),
  examples: ["'*' file.list_backups_dir /foo/bar/baz/"],
  async run({ path, limit }, context) {
    const expanded = await expandHome(context.host, path);
    const folder = expanded.slice(0, expanded.lastIndexOf('/'));
    const copies = (await context.host.files.list(`${backupRoot(context.options)}${folder}`)) ?? [];
    const names = copies.filter((copy) => stamp.test(copy)).map((copy) => copy.replace(stamp, ''));
    const answers = [...new Set(names)].toSorted().map(async (name): Promise<readonly [string, Dict]> => {
      const backups = await findBackups(context, `${folder}/${name}`);
      return [name, new Map(backups.slice(0, limit).map((one, index) => [index, toValue(describe(one))]))];
    });
    return new Map(await Promise.all(answers));
  },
});

export const restoreBackup = defineFunction({
  name: 'file.restore_backup',
  summary: 'Puts a copy kept of a file in its place; what is there now is kept as a copy too.',
  args: z.object({ path: filePath(), backup_id: backupId }),
  examples: ["'*' file.restore_backup /foo/bar/baz.txt 0"],
  async run({ path, backup_id: id }, context) {
    const chosen = await chooseBackup(context, path, id);
    if (typeof chosen === 'string') return { result: false, comment: chosen };
    const expanded = await expandHome(context.host, path);
    await backUp(context.host, context.options, expanded);
    await context.host.files.writeCopy(expanded, chosen.location);
    return { result: true, comment: `Successfully restored ${chosen.location} to ${path}` };
  },
});

export const deleteBackup = deleteFunction('file.delete_backup');
export const removeBackup = deleteFunction('file.remove_backup');

function deleteFunction(name: string) {
  return defineFunction({
    name,
    summary: 'Removes a copy kept of a file.',
    args: z.object({ path: filePath(), backup_id: backupId }),
    examples: [`'*' ${name} /var/cache/salt/minion/file_backup/home/foo/bar/baz.txt 0`],
    async run({ path, backup_id: id }, context) {
      const chosen = await chooseBackup(context, path, id);
      if (typeof chosen === 'string') return { result: false, comment: chosen };
      await context.host.files.remove(chosen.location);
      return { result: true, comment: `Successfully removed ${chosen.location}` };
    },
  });
}

interface Backup {
  readonly time: string;
  readonly sortKey: string;
  readonly size: number;
  readonly location: string;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const stamp = /_(\w{3})_(\w{3})_(\d\d)_(\d\d:\d\d:\d\d)_(\d{6})_(\d{4})$/;

async function findBackups({ host, options }: FunctionContext, path: string): Promise<readonly Backup[]> {
  const expanded = await expandHome(host, path);
  const folder = `${backupRoot(options)}${posix.dirname(expanded)}`;
  const names = (await host.files.list(folder)) ?? [];
  const found = await Promise.all(names.map((name) => readBackup(host, `${folder}/${name}`, posix.basename(expanded))));
  const backups = found.filter((backup) => backup !== undefined);
  return backups.toSorted((a, b) => (a.sortKey < b.sortKey ? 1 : -1));
}

function backupRoot(options: Dict): string {
  return `${pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion')}/file_backup`;
}

async function readBackup(host: ReadHost, location: string, original: string): Promise<Backup | undefined> {
  const name = posix.basename(location);
  const parts = stamp.exec(name);
  if (parts === null || name.slice(0, parts.index) !== original) return undefined;
  const [, weekday = '', month = '', day = '', time = '', micro = '', year = ''] = parts;
  const stat = await host.files.stat(location);
  if (stat?.kind !== 'file') return undefined;
  return {
    time: `${weekday} ${month} ${day} ${year} ${time}.${micro}`,
    sortKey: `${year}${String(months.indexOf(month)).padStart(2, '0')}${day}${time}${micro}`,
    size: stat.size,
    location,
  };
}

async function chooseBackup(context: FunctionContext, path: string, id: string): Promise<Backup | string> {
  if (!/^\d+$/.test(id)) return `Invalid backup_id '${id}'`;
  return (await findBackups(context, path))[Number(id)] ?? `backup_id '${id}' does not exist for ${path}`;
}

function describe(backup: Backup): Plain {
  return { 'Backup Time': backup.time, Size: backup.size, Location: backup.location };
}
