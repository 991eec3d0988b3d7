import { AppError, isAppError, pythonStr, toValue, type Applied, type CheckOutcome, type Plain } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  flag,
  integer,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Group,
  type Host,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runAccountProgram } from '../../providers/accounts/files/with-account-programs.ts';

interface GroupRequest {
  readonly name: string;
  readonly gid: number | undefined;
  readonly system: boolean;
  readonly addusers: readonly string[] | undefined;
  readonly delusers: readonly string[] | undefined;
  readonly members: readonly string[] | undefined;
  readonly non_unique: boolean;
}

/** `group.present` */
export const present = defineState({
  name: 'group.present',
  summary: 'Keeps a group with the number and members described.',
  args: z.object({
    name: lineText().describe('Name of the group.'),
    gid: optional(integer()).describe('Group number.'),
    system: withDefault(flag(), false).describe('Whether a new group gets a number of the system range.'),
    addusers: optional(commaList()).describe('Users to be members.'),
    delusers: optional(commaList()).describe('Users not to be members.'),
    members: optional(commaList()).describe('The members, and nobody else.'),
    non_unique: withDefault(flag(), false).describe('Whether the number may be that of another group too.'),
  }),
  examples: [
    `deploy:
  group.present:
    - members: [alice, bob]`,
  ],
  async check(args, { host }) {
    const refusal = refuse(args);
    if (refusal !== undefined) return fails(refusal);
    const group = await host.group(args.name);
    if (group === undefined) return create(args);
    const differences = compare(group, args);
    if (Object.keys(differences).length === 0) return isOk(`Group ${args.name} is present and up to date`);
    return change(args, differences);
  },
});

function refuse({ name, members, addusers = [], delusers = [] }: GroupRequest): string | undefined {
  if (!/^[^-:/\s][^:/\s]*$/.test(name)) return `The name ${name} cannot be that of a group`;
  if (members !== undefined && addusers.length + delusers.length > 0)
    return 'Error: Conflicting options "members" with "addusers" and/or "delusers" can not be used together. ';
  if (addusers.some((user) => delusers.includes(user)))
    return 'Error. Same user(s) can not be added and deleted simultaneously';
  return undefined;
}

function compare(
  group: Pick<Group, 'gid' | 'members'>,
  { gid, members, addusers, delusers }: GroupRequest,
): Readonly<Record<string, Plain>> {
  const current = new Set(group.members);
  const isOther =
    members !== undefined && (new Set(members).size !== current.size || members.some((one) => !current.has(one)));
  const added = (addusers ?? []).filter((user) => !current.has(user));
  const removed = (delusers ?? []).filter((user) => current.has(user));
  return {
    ...(gid === undefined || gid === group.gid ? {} : { gid }),
    ...(isOther ? { members } : {}),
    ...(added.length === 0 ? {} : { addusers: added }),
    ...(removed.length === 0 ? {} : { delusers: removed }),
  };
}

function create(request: GroupRequest): CheckOutcome<Host> {
  const { name } = request;
  return willChange({ comment: `Group ${name} set to be added`, changes: { name } }, (machine) =>
    attempt(`Failed to create new group ${name}`, () => makeGroup(request, machine)),
  );
}

async function makeGroup(request: GroupRequest, machine: Host): Promise<Applied> {
  const { name, gid } = request;
  const taken = gid === undefined || request.non_unique ? undefined : await machine.group(gid);
  if (taken !== undefined)
    return {
      comment: `Group ${name} is not present but gid ${gid} is already taken by group ${taken.name}`,
      changes: {},
      failed: true,
    };
  await runAccountProgram(machine, [
    'groupadd',
    ...numberArguments(request),
    ...(request.system ? ['-r'] : []),
    '--',
    name,
  ]);
  const members = request.members ?? request.addusers ?? [];
  const refusals = members.length === 0 ? [] : await setMembers(machine, name, members);
  const group = await describeGroup(machine, name);
  const missing = compare(group, request);
  if (Object.keys(missing).length > 0)
    return failedChange(`Group ${name} has been created but, some changes could not be applied`, missing, refusals);
  return { comment: `New group ${name} created`, changes: { name, passwd: 'x', ...group } };
}

async function describeGroup(machine: Host, name: string): Promise<Pick<Group, 'gid' | 'members'>> {
  const group = await machine.group(name);
  if (group === undefined) throw new AppError({ code: 'host-account', message: `There is no group ${name}` });
  return { gid: group.gid, members: [...group.members] };
}

function numberArguments({ gid, non_unique: isShared }: GroupRequest): readonly string[] {
  return gid === undefined ? [] : ['-g', String(gid), ...(isShared ? ['-o'] : [])];
}

function failedChange(comment: string, missing: Readonly<Record<string, Plain>>, refusals: readonly string[]): Applied {
  return { comment: [comment, ...refusals].join(': '), changes: { Failed: missing }, failed: true };
}

function change(request: GroupRequest, differences: Readonly<Record<string, Plain>>): CheckOutcome<Host> {
  const lines = Object.entries(differences).map(([key, value]) => `${key}: ${pythonStr(toValue(value))}\n`);
  const comment = `The following group attributes are set to be changed:\n${lines.join('')}`;
  return willChange({ comment, changes: differences }, (machine) =>
    attempt('', () => applyChange(request, { differences, comment }, machine)),
  );
}

async function applyChange(
  request: GroupRequest,
  { differences, comment }: { readonly differences: Readonly<Record<string, Plain>>; readonly comment: string },
  machine: Host,
): Promise<Applied> {
  const { name } = request;
  const refusals: string[] = [];
  if (differences['gid'] !== undefined)
    refusals.push(...(await tryProgram(machine, ['groupmod', ...numberArguments(request), '--', name])));
  if (differences['members'] !== undefined) refusals.push(...(await setMembers(machine, name, request.members ?? [])));
  refusals.push(...(await moveMembers(request, machine)));
  const missing = compare(await describeGroup(machine, name), request);
  return Object.keys(missing).length > 0
    ? failedChange(`${comment}Some changes could not be applied`, missing, refusals)
    : { comment, changes: { Final: 'All changes applied successfully' } };
}

async function moveMembers({ name, addusers = [], delusers = [] }: GroupRequest, machine: Host): Promise<string[]> {
  const current = (await machine.group(name))?.members ?? [];
  const refusals: string[] = [];
  for (const user of addusers.filter((one) => !current.includes(one)))
    refusals.push(...(await tryProgram(machine, ['gpasswd', '-a', user, name])));
  for (const user of delusers.filter((one) => current.includes(one)))
    refusals.push(...(await tryProgram(machine, ['gpasswd', '-d', user, name])));
  return refusals;
}

function setMembers(machine: Host, name: string, members: readonly string[]): Promise<readonly string[]> {
  return tryProgram(machine, ['gpasswd', '-M', members.join(','), name]);
}

/** Why the program refused, as a list: what one refuses must not keep others from being tried. */
async function tryProgram(machine: Host, argv: readonly string[]): Promise<readonly string[]> {
  try {
    await runAccountProgram(machine, argv);
    return [];
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return [caught.message];
  }
}
