import { z } from 'zod';
import { oneOf } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { FileStat, ReadHost } from '../../kit/host.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { absolutePath, filePath } from './file-path.ts';
import { globPaths } from './glob-paths.ts';

export const fileExists = defineFunction({
  name: 'file.file_exists',
  summary: 'Whether a path is a file, links followed.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.file_exists /etc/passwd"],
  run: async ({ path }, { host }) => (await kindOf(host, path, true)) === 'file',
});

export const directoryExists = defineFunction({
  name: 'file.directory_exists',
  summary: 'Whether a path is a folder, links followed.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.directory_exists /etc"],
  run: async ({ path }, { host }) => (await kindOf(host, path, true)) === 'directory',
});

export const pathExistsGlob = defineFunction({
  name: 'file.path_exists_glob',
  summary: 'Whether a pattern stands for any path.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.path_exists_glob /etc/pam*/pass*"],
  run: async ({ path }, { host }) => (await globPaths(host, await expandHome(host, path))).length > 0,
});

export const isLink = defineFunction({
  name: 'file.is_link',
  summary: 'Whether a path is a symbolic link.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.is_link /path/to/link"],
  run: async ({ path }, { host }) => (await kindOf(host, path, false)) === 'symlink',
});

export const isHardlink = defineFunction({
  name: 'file.is_hardlink',
  summary: 'Whether a file has more than one name.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.is_hardlink /path/to/link"],
  async run({ path }, { host }) {
    const stat = await host.files.stat(await expandHome(host, path));
    return stat?.kind === 'file' && stat.linkCount > 1;
  },
});

export const isFifo = defineFunction({
  name: 'file.is_fifo',
  summary: 'Whether a path is a named pipe.',
  args: z.object({ name: filePath() }),
  examples: ["'*' file.is_fifo /dev/fifo"],
  run: async ({ name }, { host }) => (await kindOf(host, name, true)) === 'fifo',
});

export const isBlkdev = defineFunction({
  name: 'file.is_blkdev',
  summary: 'Whether a path is a block device.',
  args: z.object({ name: filePath() }),
  examples: ["'*' file.is_blkdev /dev/sda"],
  run: async ({ name }, { host }) => (await kindOf(host, name, true)) === 'block-device',
});

export const isChrdev = defineFunction({
  name: 'file.is_chrdev',
  summary: 'Whether a path is a character device.',
  args: z.object({ name: filePath() }),
  examples: ["'*' file.is_chrdev /dev/null"],
  run: async ({ name }, { host }) => (await kindOf(host, name, true)) === 'character-device',
});

export const readdir = defineFunction({
  name: 'file.readdir',
  summary: 'The names in a folder, `.` and `..` first.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.readdir /path/to/dir/"],
  async run({ path }, { host }) {
    const folder = await absolutePath(host, path, 'Dir path');
    const isFolder = (await kindOf(host, folder, true)) === 'directory';
    if (!isFolder) throw failure(`A valid directory was not specified: ${path}`);
    return ['.', '..', ...((await host.files.list(folder)) ?? [])];
  },
});

export const access = defineFunction({
  name: 'file.access',
  summary: 'Whether this process may reach a path in a way.',
  args: z.object({
    path: filePath(),
    mode: oneOf('f', 'r', 'w', 'x', '0', '4', '2', '1').describe(
      '`f` or 0 exists, `r` or 4 can be read, `w` or 2 written, `x` or 1 executed.',
    ),
  }),
  examples: ["'*' file.access /path/to/file f", "'*' file.access /path/to/file x"],
  async run({ path, mode }, { host }) {
    const stat = await host.files.stat(await absolutePath(host, path, 'Path to link'), { follow: true });
    if (stat === undefined) return false;
    const bit = { f: 0, r: 4, w: 2, x: 1 }[mode as 'f' | 'r' | 'w' | 'x'] ?? Number(mode);
    return bit === 0 || mayAccess(host, stat, bit);
  },
});

async function kindOf(host: ReadHost, path: string, follow: boolean): Promise<FileStat['kind'] | undefined> {
  return (await host.files.stat(await expandHome(host, path), { follow }))?.kind;
}

async function mayAccess(host: ReadHost, stat: FileStat, bit: number): Promise<boolean> {
  const { uid, gid } = host.identity();
  if (uid === 0) return bit !== 1 || stat.kind === 'directory' || (stat.mode & 0o111) !== 0;
  if (stat.uid === uid) return (stat.mode & (bit << 6)) !== 0;
  const isMember = stat.gid === gid || (await belongsTo(host, uid, stat.gid));
  return (stat.mode & (isMember ? bit << 3 : bit)) !== 0;
}

async function belongsTo(host: ReadHost, uid: number, gid: number): Promise<boolean> {
  const [account, group] = await Promise.all([host.account(uid), host.group(gid)]);
  return account !== undefined && group !== undefined && (await host.groupsOf(account.name)).includes(group.name);
}
