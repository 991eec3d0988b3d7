import { posix } from 'node:path';
import { pythonStr, type Applied, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  defineState,
  fails,
  fileMode,
  flag,
  isOk,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { gidOf, toAttributes, uidOf } from '../../providers/files/ownership.ts';
import { expandHome, isDirectory, parentOf } from '../../providers/files/paths.ts';
import { windowsArguments } from '../../providers/files/windows-arguments.ts';

interface Link {
  readonly name: string;
  readonly target: string;
  readonly user: string | number;
  readonly group: string | number;
  readonly force: boolean;
  readonly atomic: boolean;
  readonly backup: string | undefined;
  readonly makedirs: boolean;
  readonly mode: number | undefined;
}

/** `file.symlink` */
export const symlink = defineState({
  name: 'file.symlink',
  summary: 'Keeps a symbolic link that points to a target.',
  args: z.object({
    name: text().describe('Absolute path of the link.'),
    target: text().describe('What the link points to; it need not exist.'),
    force: withDefault(flag(), false).describe('Whether a file or directory in the way is removed.'),
    backupname: optional(text()).describe('Where a file in the way is moved to: a path, or a name beside it.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    user: optional(accountName()).describe('Owner of the link.'),
    group: optional(accountName()).describe('Group of the link.'),
    mode: optional(fileMode()).describe('Mode of the directories makedirs makes.'),
    atomic: withDefault(flag(), false).describe(
      'Whether a file in the way gives place to the link. The link is put there in one step in any case.',
    ),
    disallow_copy_and_unlink: withDefault(flag(), false).describe(
      'Accepted for Salt: moving to backupname never copies.',
    ),
    inherit_user_and_group: withDefault(flag(), false).describe('Keeps owner and group of an existing link.'),
    ...windowsArguments,
  }),
  examples: [
    `/etc/alternatives/editor:
  file.symlink:
    - target: /usr/bin/vim`,
  ],
  acceptsUnknown: true,
  async check(args, { host, options }) {
    const name = await expandHome(host, args.name);
    if (name === '') return fails('Must provide name to file.symlink');
    const owner = await ownerOf(host, { ...args, name }, pythonStr(options.get('user') ?? 'root'));
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    const backup = backupPath(name, args.backupname);
    if (backup === 'invalid')
      return fails(`Backupname must be an absolute path or a file name: ${args.backupname ?? ''}`);
    return checkLink({ ...args, ...owner, name, backup }, host);
  },
});

async function ownerOf(
  host: ReadHost,
  args: {
    readonly name: string;
    readonly user: string | number | undefined;
    readonly group: string | number | undefined;
    readonly inherit_user_and_group: boolean;
  },
  runningUser: string,
): Promise<{ readonly user: string | number; readonly group: string | number }> {
  const stat = args.inherit_user_and_group ? await host.files.stat(args.name) : undefined;
  if (stat?.kind === 'symlink') {
    const user = args.user ?? (await nameOfUid(host, stat.uid));
    return { user, group: args.group ?? (await nameOfGid(host, stat.gid)) };
  }
  const user = args.user ?? runningUser;
  return { user, group: args.group ?? (await primaryGroup(host, user)) };
}

async function primaryGroup(host: ReadHost, user: string | number): Promise<string | number> {
  return nameOfGid(host, (await host.account(user))?.gid ?? 0);
}

async function nameOfGid(host: ReadHost, gid: number): Promise<string | number> {
  return (await host.group(gid))?.name ?? gid;
}

async function nameOfUid(host: ReadHost, uid: number): Promise<string | number> {
  return (await host.account(uid))?.name ?? uid;
}

function backupPath(name: string, backupname: string | undefined): string | undefined {
  if (backupname === undefined || backupname.startsWith('/')) return backupname;
  return backupname.includes('/') ? 'invalid' : posix.join(parentOf(posix.normalize(name)), backupname);
}

async function checkLink(link: Link, host: ReadHost): Promise<CheckOutcome<Host>> {
  const { name, target } = link;
  const suffix = await parentNote(link, host);
  const stat = await host.files.stat(name);
  if (stat === undefined) return create(link, `Symlink ${name} to ${target} is set for creation${suffix}`, 'new');
  if (stat.kind === 'symlink') {
    const current = (await host.files.readLink(name)) ?? '';
    if (posix.normalize(current) !== posix.normalize(target))
      return create(link, `Link ${name} target is set to be changed to ${target}${suffix}`, 'change');
    return checkOwner(link, stat, host);
  }
  if (link.backup !== undefined) return moveAside(link, host);
  const givesPlace = link.force || (link.atomic && stat.kind !== 'directory');
  if (!givesPlace) {
    const foretoldComment = `File or directory exists where the symlink ${name} should be. Did you mean to use force?`;
    return { ...fails(`${kindName(stat.kind)} exists where the symlink ${name} should be`), foretoldComment };
  }
  return create(
    link,
    `The file or directory ${name} is set for removal to make way for a new symlink targeting ${target}`,
    'new',
  );
}

async function parentNote({ name, makedirs }: Link, host: ReadHost): Promise<string> {
  const parent = parentOf(name);
  if (await isDirectory(host, parent)) return '';
  return makedirs ? `\n${parent} will be created` : `\nDirectory ${parent} for symlink is not present`;
}

function kindName(kind: string): string {
  if (kind === 'file') return 'File';
  return kind === 'directory' ? 'Directory' : 'File system entry';
}

async function checkOwner(
  link: Link,
  stat: { readonly uid: number; readonly gid: number },
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  const { name, user, group } = link;
  const isRight = (await uidOf(host, user)) === stat.uid && (await gidOf(host, group)) === stat.gid;
  if (isRight) return isOk(`Symlink ${name} is present and owned by ${user}:${group}`);
  const changes = { ownership: `${user}:${group}` };
  const was = `${await nameOfUid(host, stat.uid)}:${(await host.group(stat.gid))?.name ?? stat.gid}`;
  const comment = `The symlink ${name} is present, but the ownership of the symlink would be changed from ${was} to ${user}:${group}`;
  return willChange({ comment, changes }, async (machine) => {
    await machine.files.setAttributes(name, await toAttributes(machine, { user, group }));
    return { comment: `Set ownership of symlink ${name} to ${user}:${group}`, changes };
  });
}

async function moveAside(link: Link, host: ReadHost): Promise<CheckOutcome<Host>> {
  const { name, target, backup = '', force } = link;
  if (!force && (await host.files.stat(backup)) !== undefined)
    return fails(`Symlink & backup dest exists and Force not set. ${name} -> ${target} - backup: ${backup}`);
  const comment = `${name} is set to be moved to ${backup} to make way for a new symlink targeting ${target}`;
  return create(link, comment, 'new');
}

function create(link: Link, comment: string, key: 'new' | 'change'): CheckOutcome<Host> {
  return willChange({ comment, changes: { [key]: link.name } }, (machine) => makeLink(link, machine));
}

async function missingAccounts({ user, group }: Link, machine: Host): Promise<string> {
  const errors = [
    ...((await uidOf(machine, user)) === undefined ? [`User ${user} does not exist`] : []),
    ...((await gidOf(machine, group)) === undefined ? [`Group ${group} does not exist`] : []),
  ];
  return errors.length > 1 ? `${errors.join('. ')}.` : errors.join('');
}

async function makeLink(link: Link, machine: Host): Promise<Applied> {
  const { name, target, user, group, backup } = link;
  const missing = await missingAccounts(link, machine);
  if (missing !== '') return { comment: missing, changes: {}, failed: true };
  const owner = await toAttributes(machine, { user, group });
  if (!(await isDirectory(machine, parentOf(name)))) {
    if (!link.makedirs)
      return { comment: `Directory ${parentOf(name)} for symlink is not present`, changes: {}, failed: true };
    await makeParents(machine, name, { user, group, mode: link.mode });
  }
  const stat = await machine.files.stat(name);
  if (stat !== undefined && stat.kind !== 'symlink' && backup !== undefined) {
    if ((await machine.files.stat(backup)) !== undefined) await machine.files.remove(backup, { recursive: true });
    await machine.files.rename(name, backup);
  } else if (stat?.kind === 'directory') await machine.files.remove(name, { recursive: true });
  await replaceLink(machine, name, target);
  await machine.files.setAttributes(name, owner);
  return { comment: `Created new symlink ${name} -> ${target}`, changes: { new: name } };
}

// A rename over the old link leaves no moment without one; programs that follow it meanwhile see the old or the new.
async function replaceLink(machine: Host, name: string, target: string): Promise<void> {
  if ((await machine.files.stat(name)) === undefined) {
    await machine.files.makeSymlink(name, target);
    return;
  }
  const temporary = `${parentOf(name)}/.${posix.basename(name)}.${process.pid}.${Date.now()}`;
  await machine.files.makeSymlink(temporary, target);
  await machine.files.rename(temporary, name);
}
