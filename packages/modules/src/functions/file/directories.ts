import { posix } from 'node:path';
import { z } from 'zod';
import { accountName, fileMode, flag, integer, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { toAttributes, type Ownership } from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { absolutePath, filePath } from './file-path.ts';

const ownership = {
  user: optional(accountName()).describe('Owner of new folders.'),
  group: optional(accountName()).describe('Group of new folders.'),
  mode: optional(fileMode()).describe('Mode of new folders.'),
};

export const mkdir = defineFunction({
  name: 'file.mkdir',
  summary: 'Makes a folder, with its parents.',
  args: z.object({ dir_path: filePath().describe('Path of the folder.'), ...ownership }),
  examples: ["'*' file.mkdir /opt/jetty/context"],
  async run({ dir_path: path, ...owner }, { host }) {
    await makeFolders(host, trimSlash(await expandHome(host, path)), owner);
    return true;
  },
});

export const makedirs = defineFunction({
  name: 'file.makedirs',
  summary: 'Makes the parent folders of a path; with a slash at its end, the folder itself.',
  args: z.object({ path: filePath(), ...ownership }),
  examples: ["'*' file.makedirs /opt/code/"],
  async run({ path, ...owner }, { host }) {
    const expanded = await absolutePath(host, path);
    const folder = trimSlash(expanded.endsWith('/') ? expanded : posix.dirname(expanded));
    const existing = await host.files.stat(folder, { follow: true });
    if (existing?.kind === 'directory') return `Directory '${folder}' already exists`;
    if (existing !== undefined) return `The path '${folder}' already exists and is not a directory`;
    await makeFolders(host, folder, owner);
    return null;
  },
});

export const makedirsPerms = defineFunction({
  name: 'file.makedirs_perms',
  summary: 'Makes a folder and its parents, each new one with the given owner and mode.',
  args: z.object({
    name: filePath().describe('Path of the folder.'),
    user: ownership.user,
    group: ownership.group,
    mode: withDefault(fileMode(), 0o755).describe('Mode of new folders.'),
  }),
  examples: ["'*' file.makedirs_perms /opt/code"],
  async run({ name, ...owner }, { host }) {
    const folder = trimSlash(await expandHome(host, name));
    if ((await host.files.stat(folder)) !== undefined) throw failure(`The path '${folder}' already exists`);
    await makeFolders(host, folder, owner);
    return null;
  },
});

export const rmdir = defineFunction({
  name: 'file.rmdir',
  summary: 'Removes an empty folder, or with `recurse` all empty folders below it too.',
  args: z.object({
    path: filePath().describe('Path of the folder.'),
    recurse: withDefault(flag(), false).describe('Remove empty folders below it first.'),
    verbose: withDefault(flag(), false).describe('Answer what was removed and what was not.'),
    older_than: optional(integer()).describe('Leave folders that changed within so many days.'),
  }),
  examples: ["'*' file.rmdir /tmp/foo/"],
  async run({ path, recurse, verbose, older_than: days }, { host }) {
    const folder = trimSlash(await absolutePath(host, path));
    if ((await host.files.stat(folder, { follow: true }))?.kind !== 'directory') {
      throw failure('A valid directory was not specified.');
    }
    const report: RemovalReport = { deleted: [], errors: [] };
    const newest = days === undefined ? Number.POSITIVE_INFINITY : Date.now() - days * 86_400_000;
    const folders = recurse ? [...(await foldersBelow(host, folder)), folder] : [folder];
    for (const each of folders) await removeEmpty(host, each, { newest, report });
    // One that is too young for `older_than` is no failure of a recursive removal.
    const result = report.errors.length === 0 && (recurse || report.deleted.includes(folder));
    return verbose ? { deleted: report.deleted, errors: report.errors, result } : result;
  },
});

interface RemovalReport {
  readonly deleted: string[];
  readonly errors: [string, string][];
}

async function removeEmpty(
  host: Host,
  folder: string,
  { newest, report }: { readonly newest: number; readonly report: RemovalReport },
): Promise<void> {
  const stat = await host.files.stat(folder);
  if (stat === undefined || stat.modifiedAt >= newest) return;
  if (((await host.files.list(folder)) ?? []).length > 0)
    report.errors.push([folder, `[Errno 39] Directory not empty: '${folder}'`]);
  else {
    await host.files.remove(folder);
    report.deleted.push(folder);
  }
}

// Deepest first, so that parents are empty by the time their turn comes.
async function foldersBelow(host: Host, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await host.files.list(folder)) ?? []) {
    const path = `${folder}/${name}`;
    if ((await host.files.stat(path))?.kind === 'directory') found.push(...(await foldersBelow(host, path)), path);
  }
  return found;
}

async function makeFolders(host: Host, folder: string, owner: Ownership): Promise<void> {
  if ((await host.files.stat(folder, { follow: true }))?.kind === 'directory') return;
  const parent = posix.dirname(folder);
  if (parent === folder) throw failure(`Recursive creation for path '${folder}' needs an absolute path.`);
  await makeFolders(host, parent, owner);
  await host.files.makeDirectory(folder, await toAttributes(host, owner));
}

function trimSlash(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}
