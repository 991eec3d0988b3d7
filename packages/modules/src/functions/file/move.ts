import { posix } from 'node:path';
import { isAppError } from '@brine/common';
import { z } from 'zod';
import { flag, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { absolutePath, filePath } from './file-path.ts';

const source = filePath().describe('The path there is.');
const target = filePath().describe('The path there shall be.');

export const rename = defineFunction({
  name: 'file.rename',
  summary: 'Renames a file or folder.',
  args: z.object({ src: source, dst: target }),
  examples: ["'*' file.rename /path/to/src /path/to/dst"],
  async run({ src, dst }, { host }) {
    const from = await absolutePath(host, src);
    const to = await expandHome(host, dst);
    try {
      await host.files.rename(from, to);
    } catch (error) {
      throw failure(`Could not rename '${src}' to '${dst}'`, error);
    }
    return true;
  },
});

export const move = defineFunction({
  name: 'file.move',
  summary: 'Moves a file or folder; into the target when that is a folder.',
  args: z.object({
    src: source,
    dst: target,
    disallow_copy_and_unlink: withDefault(flag(), false).describe('Fail rather than copy between file systems.'),
  }),
  examples: ["'*' file.move /path/to/src /path/to/dst"],
  async run({ src, dst, disallow_copy_and_unlink: isStrict }, { host }) {
    const from = await absolutePath(host, src, 'Source path');
    const given = await absolutePath(host, dst, 'Destination path');
    const isFolder = (await host.files.stat(given, { follow: true }))?.kind === 'directory';
    const to = isFolder ? posix.join(given, posix.basename(from)) : given;
    try {
      await host.files.rename(from, to);
    } catch (error) {
      if (isStrict) throw failure(`Unable to move '${src}' to '${dst}'`, error);
      await copyTree(host, from, to);
      await host.files.remove(from, { recursive: true });
    }
    return { result: true, comment: `'${src}' moved to '${dst}'` };
  },
});

export const copy = defineFunction({
  name: 'file.copy',
  summary: 'Copies a file, or a folder when told to.',
  args: z.object({
    src: source,
    dst: target,
    recurse: withDefault(flag(), false).describe('Copy folders with what is in them.'),
    remove_existing: withDefault(flag(), false).describe('Remove a target folder first.'),
  }),
  examples: ["'*' file.copy /path/to/src /path/to/dst", "'*' file.copy /path/to/src_dir /path/to/dst_dir recurse=True"],
  async run({ src, dst, recurse, remove_existing: removes }, { host }) {
    const from = await absolutePath(host, src);
    const to = await expandHome(host, dst);
    const stat = await host.files.stat(from, { follow: true });
    if (stat === undefined) throw failure(`No such file or directory '${src}'`);
    if (from === to) throw failure(`Could not copy '${src}' to '${dst}'`);
    const existing = await host.files.stat(to, { follow: true });
    const isFolder = stat.kind === 'directory' || existing?.kind === 'directory';
    if (isFolder && !recurse) {
      throw failure('Cannot copy overwriting a directory without recurse flag set to true!');
    }
    if (isFolder && removes && existing !== undefined) await host.files.remove(to, { recursive: true });
    await copyTree(host, from, to);
    return true;
  },
});

export const remove = defineFunction({
  name: 'file.remove',
  ignoresOthers: true,
  summary: 'Removes a file, or a folder with what is in it; false when there is none.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.remove /tmp/foo"],
  async run({ path }, { host }) {
    const expanded = await absolutePath(host, path);
    if ((await host.files.stat(expanded)) === undefined) return false;
    try {
      await host.files.remove(expanded, { recursive: true });
    } catch (error) {
      const reason = isAppError(error) ? error.message : String(error);
      throw failure(`Could not remove '${path}': ${reason}`, error);
    }
    return true;
  },
});

async function copyTree(host: Host, from: string, to: string): Promise<void> {
  const stat = await host.files.stat(from);
  if (stat === undefined) return;
  const attributes = { mode: stat.mode, uid: stat.uid, gid: stat.gid };
  if (stat.kind === 'symlink') {
    if ((await host.files.stat(to)) !== undefined) await host.files.remove(to);
    await host.files.makeSymlink(to, (await host.files.readLink(from)) ?? '');
  } else if (stat.kind === 'directory') {
    if ((await host.files.stat(to, { follow: true })) === undefined) await host.files.makeDirectory(to, attributes);
    for (const name of (await host.files.list(from)) ?? []) await copyTree(host, `${from}/${name}`, `${to}/${name}`);
  } else if (stat.kind !== 'file') throw failure(`${from} is no file, folder or link, and cannot be copied`);
  else await host.files.writeCopy(to, from, attributes);
}
