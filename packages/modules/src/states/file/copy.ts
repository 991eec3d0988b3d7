import { posix } from 'node:path';
import { pythonStr, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  defineState,
  fails,
  fileMode,
  flag,
  formatMode,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
  type FileStat,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { makeParents, searchableMode } from '../../providers/files/make-parents.ts';
import { gidOf, ownershipChanges, toAttributes, uidOf, type Ownership } from '../../providers/files/ownership.ts';
import { expandHome, isDirectory, parentOf } from '../../providers/files/paths.ts';
import { walkTree } from '../../providers/files/walk-tree.ts';

interface Copying {
  readonly name: string;
  /** The target as it was given, which is what comments call it. */
  readonly target: string;
  readonly source: string;
  readonly ownership: Ownership;
  /** What the copy gets that a plain copy by root would not have. */
  readonly shown: Readonly<Record<string, string>>;
  readonly makedirs: boolean;
  readonly dir_mode: number | undefined;
}

/** `file.copy` */
export const copy = defineState({
  name: 'file.copy',
  summary: 'Copies a file or directory of this machine, unless the target exists.',
  args: z.object({
    name: text().describe('Absolute path of the copy.'),
    source: text().describe('What is copied.'),
    force: withDefault(flag(), false).describe('Whether an existing target is replaced.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    preserve: withDefault(flag(), false).describe('Keeps owner, group and mode of the source.'),
    user: optional(accountName()).describe('Owner of the copy.'),
    group: optional(accountName()).describe('Group of the copy.'),
    mode: optional(fileMode()).describe('Mode of the copy; that of the source unless given.'),
    dir_mode: optional(fileMode()).describe('Mode of the directories makedirs makes.'),
    subdir: withDefault(flag(), false).describe('Copies into the target when that is a directory.'),
  }),
  examples: [
    `/etc/app.conf:
  file.copy:
    - source: /usr/share/app/app.conf.example`,
  ],
  acceptsUnknown: true,
  async check(args, { host, options }) {
    const target = await expandHome(host, args.name);
    const source = await expandHome(host, args.source);
    if (!target.startsWith('/')) return fails(`Specified file ${target} is not an absolute path`);
    const stat = await host.files.stat(source, { follow: true });
    if (stat === undefined) return fails(`Source file "${source}" is not present`);
    const goesInside = args.subdir && (await isDirectory(host, target));
    const name = goesInside ? posix.join(target, posix.basename(source)) : target;
    const ownership = await ownershipOf(host, args, { stat, user: pythonStr(options.get('user') ?? 'root') });
    const existing = await host.files.stat(name);
    if (existing !== undefined && !args.force)
      return isOk(`The target file "${name}" exists and will not be overwritten`);
    if (existing !== undefined && (await isSame(host, { name, source, ownership }, existing)))
      return isOk(`Copied "${source}" to "${target}" - files are identical but force flag is set`);
    const shown = args.preserve ? {} : await shownOwnership(host, ownership, stat);
    return willCopy({ ...args, name, target, source, ownership, shown });
  },
});

async function ownershipOf(
  host: ReadHost,
  args: Ownership & { readonly preserve: boolean },
  { stat, user }: { readonly stat: FileStat; readonly user: string },
): Promise<Ownership> {
  if (args.preserve) return { user: stat.uid, group: stat.gid, mode: stat.mode };
  const owner = args.user ?? user;
  return { user: owner, group: args.group ?? (await host.account(owner))?.gid, mode: args.mode ?? stat.mode };
}

async function shownOwnership(
  host: ReadHost,
  { user = 0, group = 0, mode = 0 }: Ownership,
  source: FileStat,
): Promise<Readonly<Record<string, string>>> {
  const gid = await gidOf(host, group);
  const groupName = typeof group === 'number' ? (await host.group(group))?.name : group;
  return {
    ...((await uidOf(host, user)) === 0 ? {} : { user: String(user) }),
    ...(gid === 0 ? {} : { group: groupName ?? String(group) }),
    ...(mode === source.mode ? {} : { mode: formatMode(mode) }),
  };
}

async function isSame(
  host: ReadHost,
  { name, source, ownership }: Pick<Copying, 'name' | 'source' | 'ownership'>,
  existing: FileStat,
): Promise<boolean> {
  if (existing.kind !== 'file' || Object.keys(await ownershipChanges(host, existing, ownership)).length > 0)
    return false;
  return (await host.files.hash(name, 'sha256')) === (await host.files.hash(source, 'sha256').catch(() => undefined));
}

function willCopy(copying: Copying): CheckOutcome<Host> {
  const { name, target, source, ownership } = copying;
  const changes = { [name]: source, ...copying.shown };
  return willChange({ comment: `File "${source}" is set to be copied to "${name}"`, changes }, (machine) =>
    attempt('', async () => {
      const attributes = await toAttributes(machine, ownership);
      if (!(await isDirectory(machine, parentOf(name)))) {
        if (!copying.makedirs)
          return { comment: `The target directory ${parentOf(name)} is not present`, changes: {}, failed: true };
        const mode = copying.dir_mode ?? searchableMode(ownership.mode);
        await makeParents(machine, name, { ...ownership, mode });
      }
      const existing = await machine.files.stat(name);
      if (existing !== undefined && existing.kind !== 'file') await machine.files.remove(name, { recursive: true });
      if (await isDirectory(machine, source)) await copyTree(machine, copying);
      else await machine.files.writeCopy(name, source, attributes);
      return { comment: `Copied "${source}" to "${target}"`, changes };
    }),
  );
}

async function copyTree(machine: Host, { name, source, ownership }: Copying): Promise<void> {
  const { mode: _, ...owner } = await toAttributes(machine, ownership);
  await machine.files.makeDirectory(name, await toAttributes(machine, ownership));
  for (const { path, stat } of await walkTree(machine, source)) {
    const target = name + path.slice(source.length);
    if (stat.kind === 'directory') await machine.files.makeDirectory(target, { ...owner, mode: stat.mode });
    else if (stat.kind === 'symlink') {
      await machine.files.makeSymlink(target, (await machine.files.readLink(path)) ?? '');
      await machine.files.setAttributes(target, owner);
    } else if (stat.kind === 'file') await machine.files.writeCopy(target, path, { ...owner, mode: stat.mode });
  }
}
