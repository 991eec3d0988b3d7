import { isDict, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  either,
  fileMode,
  flag,
  formatMode,
  givenValue,
  oneOf,
  optional,
  text,
  withDefault,
} from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { FileStat, Host, ReadHost } from '../../kit/host.ts';
import { compareFlags, readFlags, setFlags } from '../../providers/files/file-flags.ts';
import { gidOf, uidOf } from '../../providers/files/ownership.ts';
import { expandHome } from '../../providers/files/paths.ts';
import {
  asksNothing,
  compareLabel,
  readLabel,
  settleLabel,
  type WantedLabel,
} from '../../providers/selinux/file-label.ts';
import { labelPart } from '../../providers/selinux/label-argument.ts';
import { failure } from '../failure.ts';
import { filePath } from './file-path.ts';

export const checkPerms = defineFunction({
  name: 'file.check_perms',
  summary: 'Brings owner, group, mode and attributes of a path about; answers what changed, and how it was before.',
  args: z.object({
    name: filePath(),
    ret: givenValue().describe('An earlier answer whose comment and changes are kept.'),
    user: optional(accountName()).describe('The user.'),
    group: optional(accountName()).describe('The group.'),
    mode: optional(either(oneOf(''), fileMode())).describe('Octal digits; an empty text leaves it.'),
    attrs: optional(text())
      .refine((value) => value === undefined || /^[aAcCdDeijPsStTu]*$/.test(value), 'must be letters of chattr')
      .describe('Letters of chattr that the file is to have, and no others.'),
    follow_symlinks: withDefault(flag(), false).describe('Change what a symbolic link points to.'),
    seuser: labelPart('the user'),
    serole: labelPart('the role'),
    setype: labelPart('the type'),
    serange: labelPart('the range'),
  }),
  examples: [
    "'*' file.check_perms /etc/sudoers '{}' root root 400",
    "'*' file.check_perms /etc/sudoers '{}' root root 400 ai",
  ],
  async run(args, context) {
    const { host } = context;
    const path = await expandHome(host, args.name);
    const stat = await host.files.stat(path, { follow: args.follow_symlinks });
    if (stat === undefined) throw failure(`Path not found: ${args.name}`);
    const look: Look = { path, stat, follow: args.follow_symlinks, isDry: context.options.get('test') === true };
    const facts = await describeOwner(host, stat, args);
    const told: Told = { changes: {}, problems: [], remarks: [] };
    const before = { ...facts, ...(await changeOwner(context, look, { wanted: args, told })) };
    const withMode = {
      ...before,
      ...(await changeMode(context, look, { mode: args.mode === '' ? undefined : args.mode, told })),
    };
    await changeFlags(context, look, { attrs: args.attrs, told });
    await changeLabel(context, look, { wanted: args, told });
    return [answer(args.ret, look, told), withMode];
  },
});

interface Look {
  readonly path: string;
  readonly stat: FileStat;
  readonly follow: boolean;
  readonly isDry: boolean;
}

interface Told {
  readonly changes: Record<string, Plain>;
  readonly problems: string[];
  /** What is told of something that went well. */
  readonly remarks: string[];
}

interface Owner {
  readonly user?: string | number | undefined;
  readonly group?: string | number | undefined;
}

async function describeOwner(host: ReadHost, stat: FileStat, { user, group }: Owner): Promise<Record<string, Plain>> {
  return {
    luser: typeof user === 'number' ? stat.uid : ((await host.account(stat.uid))?.name ?? stat.uid),
    lgroup: typeof group === 'number' ? stat.gid : ((await host.group(stat.gid))?.name ?? stat.gid),
    lmode: formatMode(stat.mode),
  };
}

async function changeOwner(
  { host }: FunctionContext,
  look: Look,
  { wanted, told }: { readonly wanted: Owner; readonly told: Told },
): Promise<Record<string, Plain>> {
  const { user, group } = named(wanted);
  const { uid, gid } = await idsOf(host, look.stat, { user, group });
  const differing = {
    ...(uid === look.stat.uid ? {} : { user: user ?? null }),
    ...(gid === look.stat.gid ? {} : { group: group ?? null }),
  };
  if (uid !== undefined && gid !== undefined) {
    Object.assign(told.changes, differing);
    if (!look.isDry && Object.keys(differing).length > 0) await setOwner(host, look, { uid, gid });
  } else
    tellUnknown(told, { user: uid === undefined ? user : undefined, group: gid === undefined ? group : undefined });
  return Object.fromEntries(Object.entries(differing).map(([part, name]) => [`c${part}`, name]));
}

// Setting an owner drops the set-user-id bit, so the mode goes along with it.
async function setOwner(
  host: Host,
  { path, stat, follow }: Look,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const mode = isLinkItself(stat, follow) ? {} : { mode: stat.mode };
  await host.files.setAttributes(path, { ...owner, ...mode, follow });
}

async function idsOf(
  host: ReadHost,
  stat: FileStat,
  { user, group }: Owner,
): Promise<{ readonly uid: number | undefined; readonly gid: number | undefined }> {
  const uid = user === undefined ? stat.uid : await uidOf(host, user);
  return { uid, gid: group === undefined ? stat.gid : await gidOf(host, group) };
}

function tellUnknown(told: Told, unknown: Owner): void {
  const named = Object.entries(unknown).filter(([, name]) => name !== undefined);
  told.problems.push(named.map(([part]) => `${part === 'user' ? 'User' : 'Group'} does not exist\n`).join(''));
  for (const [part, name] of named) told.problems.push(`Failed to change ${part} to ${String(name)}`);
}

function named({ user, group }: Owner): Owner {
  return { user: user === '' ? undefined : user, group: group === '' ? undefined : group };
}

function isLinkItself(stat: FileStat, follow: boolean): boolean {
  return stat.kind === 'symlink' && !follow;
}

async function changeMode(
  { host }: FunctionContext,
  { path, stat, follow, isDry }: Look,
  { mode, told }: { readonly mode: number | undefined; readonly told: Told },
): Promise<Record<string, Plain>> {
  if (mode === undefined || mode === stat.mode || isLinkItself(stat, follow)) return {};
  told.changes['mode'] = formatMode(mode);
  if (isDry) return {};
  await host.files.setAttributes(path, { mode, follow });
  return { cmode: formatMode(mode) };
}

async function changeFlags(
  { host }: FunctionContext,
  { path, stat, follow, isDry }: Look,
  { attrs, told }: { readonly attrs: string | undefined; readonly told: Told },
): Promise<void> {
  if (attrs === undefined || stat.kind === 'directory' || isLinkItself(stat, follow)) return;
  const current = (await host.which('lsattr')) === undefined ? undefined : await readFlags(host, path);
  if (current === undefined) return;
  const change = compareFlags(current, attrs);
  if (change.added === '' && change.removed === '') return;
  if (!isDry) await setFlags(host, path, change);
  told.changes['attrs'] = { old: current, new: attrs };
}

async function changeLabel(
  { host, setRetcode }: FunctionContext,
  { path, follow, isDry }: Look,
  { wanted, told }: { readonly wanted: WantedLabel; readonly told: Told },
): Promise<void> {
  if (asksNothing(wanted)) return;
  const request = { path, label: wanted, follow };
  const current = await readLabel(host, request);
  const change = current === undefined ? undefined : compareLabel(current, wanted);
  if (current === undefined) {
    told.problems.push('Failed to get selinux attributes');
    setRetcode(1);
  }
  if (change === undefined) return;
  told.changes['selinux'] = change.told;
  if (isDry) return;
  const set = await settleLabel(host, request, { comment: `The file ${path} is set to be changed`, changes: {} });
  (set.failed === true ? told.problems : told.remarks).push(set.comment);
}

function answer(ret: Value, { path, isDry }: Look, { changes, problems, remarks }: Told): Plain {
  const earlier = isDict(ret) && ret.size > 0 ? ret : undefined;
  const before = earlier?.get('changes');
  const kept = isDict(before) ? before : new Map<Value, Value>();
  const all = new Map([...kept, ...(toValue(changes) as Dict)]);
  const said = earlier?.get('comment');
  const texts = [typeof said === 'string' ? said : '', ...problems, ...remarks];
  const comment = texts.filter((part) => part !== '').join('; ');
  const settled = problems.length > 0 ? false : (earlier?.get('result') ?? true);
  return { ...nameOf(earlier, path), changes: all, comment, result: isDry && all.size > 0 ? null : settled };
}

function nameOf(earlier: Dict | undefined, path: string): { readonly name?: Value } {
  if (earlier === undefined) return { name: path };
  const name = earlier.get('name');
  return name === undefined ? {} : { name };
}
