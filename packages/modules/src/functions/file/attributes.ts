import { isDict, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  fileMode,
  flag,
  formatMode,
  nullableValue,
  optional,
  text,
  withDefault,
} from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Host } from '../../kit/host.ts';
import {
  gidOf,
  ownershipChanges,
  toAttributes,
  uidOf,
  type OwnershipChanges,
} from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { filePath } from './file-path.ts';

const user = optional(accountName()).describe('The user.');
const group = optional(accountName()).describe('The group.');

export const setMode = defineFunction({
  name: 'file.set_mode',
  summary: 'Sets the permission bits of a path and answers them.',
  args: z.object({ path: filePath(), mode: text().describe('Octal digits.') }),
  examples: ["'*' file.set_mode /etc/passwd 0644"],
  async run({ path, mode }, { host }) {
    const expanded = await expandHome(host, path);
    if ((await host.files.stat(expanded, { follow: true })) === undefined) throw failure(`${path}: File not found`);
    const parsed = fileMode().safeParse(mode.replace(/^[0Oo]+(?=.)/, ''));
    if (!parsed.success) return `Invalid Mode ${mode}`;
    await host.files.setAttributes(expanded, { mode: parsed.data, follow: true });
    return formatMode(parsed.data);
  },
});

export const chown = defineFunction({
  name: 'file.chown',
  summary: 'Sets owner and group of a path; the answer says what is wrong.',
  args: z.object({ path: filePath(), user, group }),
  examples: ["'*' file.chown /etc/passwd root root"],
  run: ({ path, user: owner, group: members }, { host }) => changeOwner(host, path, { owner, members, follow: true }),
});

export const lchown = defineFunction({
  name: 'file.lchown',
  summary: 'Sets owner and group of a path, of a link itself; the answer says what is wrong.',
  args: z.object({ path: filePath(), user, group }),
  examples: ["'*' file.lchown /path/to/link root root"],
  run: ({ path, user: owner, group: members }, { host }) => changeOwner(host, path, { owner, members, follow: false }),
});

export const chgrp = defineFunction({
  name: 'file.chgrp',
  summary: 'Sets the group of a path; the answer says what is wrong.',
  args: z.object({ path: filePath(), group: accountName().describe('The group.') }),
  examples: ["'*' file.chgrp /etc/passwd root"],
  run: ({ path, group: members }, { host }) => changeOwner(host, path, { owner: undefined, members, follow: true }),
});

export const checkPerms = defineFunction({
  name: 'file.check_perms',
  summary: 'Brings owner, group and mode of a path about and answers what changed.',
  args: z.object({
    name: filePath(),
    ret: nullableValue().describe('An earlier answer whose comment and changes are kept.'),
    user,
    group,
    mode: optional(fileMode()).describe('Octal digits.'),
    follow_symlinks: withDefault(flag(), false).describe('Change what a symbolic link points to.'),
  }),
  examples: ["'*' file.check_perms /etc/sudoers '' root root 400"],
  async run({ name, ret, user: owner, group: members, mode, follow_symlinks: follow }, { host, options }) {
    const path = await expandHome(host, name);
    const stat = await host.files.stat(path, { follow });
    if (stat === undefined) throw failure(`Path not found: ${name}`);
    const wanted = { user: owner, group: members, mode: stat.kind === 'symlink' ? undefined : mode };
    const changes = await ownershipChanges(host, stat, wanted);
    const isDry = options.get('test') === true;
    const attributes = await toAttributes(host, wanted);
    if (!isDry && Object.keys(changes).length > 0) await host.files.setAttributes(path, { ...attributes, follow });
    const result = isDry && Object.keys(changes).length > 0 ? null : true;
    const answer = { name: path, ...earlier(ret, changes), result };
    return [answer, await describeOwner(host, path, follow)];
  },
});

function earlier(ret: Value, changes: OwnershipChanges): { readonly comment: Value; readonly changes: Plain } {
  if (!isDict(ret)) return { comment: '', changes };
  const before = ret.get('changes');
  const kept = isDict(before) ? before : new Map<Value, Value>();
  return { comment: ret.get('comment') ?? '', changes: new Map([...kept, ...(toValue(changes) as Dict)]) };
}

interface OwnerChange {
  readonly owner: string | number | undefined;
  readonly members: string | number | undefined;
  readonly follow: boolean;
}

async function changeOwner(host: Host, path: string, { owner, members, follow }: OwnerChange): Promise<Plain> {
  const expanded = await expandHome(host, path);
  const uid = isGiven(owner) ? await uidOf(host, owner) : undefined;
  const gid = isGiven(members) ? await gidOf(host, members) : undefined;
  const problems = [
    isGiven(owner) && uid === undefined ? 'User does not exist' : '',
    isGiven(members) && gid === undefined ? 'Group does not exist' : '',
    (await host.files.stat(expanded)) === undefined ? 'File not found' : '',
  ].filter((problem) => problem !== '');
  if (problems.length > 0) return problems.join('\n');
  const ownerId = uid === undefined ? {} : { uid };
  await host.files.setAttributes(expanded, { ...ownerId, ...(gid === undefined ? {} : { gid }), follow });
  return null;
}

function isGiven(name: string | number | undefined): name is string | number {
  return name !== undefined && name !== '';
}

async function describeOwner(host: Host, path: string, follow: boolean): Promise<Plain> {
  const stat = await host.files.stat(path, { follow });
  if (stat === undefined) return {};
  return {
    luser: (await host.account(stat.uid))?.name ?? stat.uid,
    lgroup: (await host.group(stat.gid))?.name ?? stat.gid,
    lmode: formatMode(stat.mode),
  };
}
