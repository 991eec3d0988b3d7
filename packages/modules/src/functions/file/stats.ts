import { toFloat, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, formatMode, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { FileStat, ReadHost } from '../../kit/host.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { absolutePath, filePath, followDescription } from './file-path.ts';

const follow = withDefault(flag(), true).describe(followDescription);

export const stats = defineFunction({
  name: 'file.stats',
  summary: 'What there is to know of a path: kind, owner, mode, size and times.',
  args: z.object({
    path: filePath(),
    hash_type: optional(text()).describe('Tell the digest of the content too, e.g. `sha256`.'),
    follow_symlinks: follow,
  }),
  examples: ["'*' file.stats /etc/passwd"],
  async run({ path, hash_type: algorithm, follow_symlinks: follows }, { host, call }) {
    const { expanded, stat } = await statOf(host, path, follows);
    const sum = algorithm === undefined ? undefined : await call('file.get_hash', [expanded, algorithm]);
    return {
      inode: stat.inode,
      uid: stat.uid,
      gid: stat.gid,
      group: await groupNameOf(host, stat.gid),
      user: await userNameOf(host, stat.uid),
      ...times(stat, ''),
      size: stat.size,
      mode: formatMode(stat.mode),
      ...(sum === undefined ? {} : { sum }),
      type: kindNames[stat.kind],
      target: (await host.files.realPath(expanded)) ?? expanded,
    };
  },
});

export const lstat = defineFunction({
  name: 'file.lstat',
  summary: 'What the kernel knows of a path itself; an empty dictionary when there is none.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.lstat /path/to/file"],
  async run({ path }, { host }) {
    const stat = await host.files.stat(await absolutePath(host, path, 'Path to file'));
    if (stat === undefined) return {};
    return {
      ...times(stat, 'st_'),
      st_gid: stat.gid,
      st_mode: stat.mode | kindBits[stat.kind],
      st_nlink: stat.linkCount,
      st_size: stat.size,
      st_uid: stat.uid,
    };
  },
});

export const getMode = defineFunction({
  name: 'file.get_mode',
  summary: 'The permission bits of a path, in four octal digits.',
  args: z.object({ path: filePath(), follow_symlinks: follow }),
  examples: ["'*' file.get_mode /etc/passwd"],
  run: async ({ path, follow_symlinks: follows }, { host }) =>
    formatMode((await statOf(host, path, follows)).stat.mode),
});

export const getUser = defineFunction({
  name: 'file.get_user',
  summary: 'The user who owns a path.',
  args: z.object({ path: filePath(), follow_symlinks: follow }),
  examples: ["'*' file.get_user /etc/passwd"],
  run: async ({ path, follow_symlinks: follows }, { host }) =>
    userNameOf(host, (await statOf(host, path, follows)).stat.uid),
});

export const getUid = defineFunction({
  name: 'file.get_uid',
  summary: 'The number of the user who owns a path.',
  args: z.object({ path: filePath(), follow_symlinks: follow }),
  examples: ["'*' file.get_uid /etc/passwd"],
  run: async ({ path, follow_symlinks: follows }, { host }) => (await statOf(host, path, follows)).stat.uid,
});

export const getGroup = defineFunction({
  name: 'file.get_group',
  summary: 'The group that owns a path.',
  args: z.object({ path: filePath(), follow_symlinks: follow }),
  examples: ["'*' file.get_group /etc/passwd"],
  run: async ({ path, follow_symlinks: follows }, { host }) =>
    groupNameOf(host, (await statOf(host, path, follows)).stat.gid),
});

export const getGid = defineFunction({
  name: 'file.get_gid',
  summary: 'The number of the group that owns a path.',
  args: z.object({ path: filePath(), follow_symlinks: follow }),
  examples: ["'*' file.get_gid /etc/passwd"],
  run: async ({ path, follow_symlinks: follows }, { host }) => (await statOf(host, path, follows)).stat.gid,
});

const kindNames: Readonly<Record<FileStat['kind'], string>> = {
  file: 'file',
  directory: 'dir',
  symlink: 'link',
  fifo: 'pipe',
  socket: 'socket',
  'block-device': 'block',
  'character-device': 'char',
};

const kindBits: Readonly<Record<FileStat['kind'], number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  fifo: 0o010000,
  socket: 0o140000,
  'block-device': 0o060000,
  'character-device': 0o020000,
};

async function statOf(
  host: ReadHost,
  path: string,
  follows: boolean,
): Promise<{ readonly expanded: string; readonly stat: FileStat }> {
  const expanded = await expandHome(host, path);
  // A link to nothing is told about itself.
  const followed = follows ? await host.files.stat(expanded, { follow: true }) : undefined;
  const stat = followed ?? (await host.files.stat(expanded));
  if (stat === undefined) throw failure(`Path not found: ${path}`);
  return { expanded, stat };
}

async function userNameOf(host: ReadHost, uid: number): Promise<string | number> {
  return (await host.account(uid))?.name ?? uid;
}

async function groupNameOf(host: ReadHost, gid: number): Promise<string | number> {
  return (await host.group(gid))?.name ?? gid;
}

function times(stat: FileStat, prefix: string): Record<string, Plain> {
  return {
    [`${prefix}atime`]: toFloat(stat.accessedAt / 1000),
    [`${prefix}mtime`]: toFloat(stat.modifiedAt / 1000),
    [`${prefix}ctime`]: toFloat(stat.changedAt / 1000),
  };
}
