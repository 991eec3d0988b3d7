import { pythonStr, toValue, type Applied, type CheckOutcome, type Plain } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  commaList,
  defineState,
  fails,
  flag,
  integer,
  isOk,
  lineText,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
  secret,
} from '../../kit/index.ts';
import { addUser, changeUser } from '../../providers/accounts/change-user.ts';
import { compareUser, existing, type UserDifferences } from '../../providers/accounts/compare-user.ts';
import { hashPassword } from '../../providers/accounts/hash-password.ts';
import { readShadow } from '../../providers/accounts/shadow-file.ts';
import { changedFacts, readUser, type UserFacts } from '../../providers/accounts/user-facts.ts';
import { agingFields, redactedPassword, type UserRequest } from '../../providers/accounts/user-request.ts';
import { attempt } from '../../providers/commands/attempt.ts';

/** `user.present` */
export const present = defineState({
  name: 'user.present',
  summary: 'Keeps a user account with the attributes described.',
  args: z.object({
    name: lineText().describe('Login name.'),
    uid: optional(integer()).describe('User number.'),
    gid: optional(accountName()).describe('Primary group, by name or number.'),
    usergroup: optional(flag()).describe('Whether a group of the same name is made and is the primary group.'),
    groups: optional(commaList()).describe('Groups the user is a member of.'),
    optional_groups: optional(commaList()).describe('Groups the user is a member of where they exist.'),
    remove_groups: withDefault(flag(), true).describe('Whether the user leaves groups that are not named.'),
    home: optional(lineText()).describe('Home directory.'),
    createhome: withDefault(flag(), true).describe('Whether a missing home directory is made.'),
    password: secret(optional(lineText())).describe('Hash of the password, as in /etc/shadow.'),
    hash_password: withDefault(flag(), false).describe('Whether password is the password itself.'),
    enforce_password: withDefault(flag(), true).describe('Whether a password that was changed is set back.'),
    empty_password: withDefault(flag(), false).describe('Whether the user needs no password.'),
    shell: optional(lineText()).describe('Login shell.'),
    unique: withDefault(flag(), true).describe('Whether the uid must be free.'),
    system: withDefault(flag(), false).describe('Whether a new user gets a number of the system range.'),
    fullname: optional(lineText()).describe('Full name.'),
    roomnumber: optional(lineText()).describe('Room number.'),
    workphone: optional(lineText()).describe('Phone number at work.'),
    homephone: optional(lineText()).describe('Phone number at home.'),
    other: optional(lineText()).describe('The last part of the GECOS field.'),
    loginclass: optional(text()).describe('Login class of BSD; nothing on Linux.'),
    win_homedrive: optional(text()).describe('Home drive on Windows; nothing on Linux.'),
    win_profile: optional(text()).describe('Profile on Windows; nothing on Linux.'),
    win_logonscript: optional(text()).describe('Logon script on Windows; nothing on Linux.'),
    win_description: optional(text()).describe('Description on Windows; nothing on Linux.'),
    date: optional(integer()).describe('Day of the last password change, since 1970-01-01.'),
    mindays: optional(integer()).describe('Days before the password may be changed.'),
    maxdays: optional(integer()).describe('Days after which the password must be changed.'),
    inactdays: optional(integer()).describe('Days after expiry until the account is locked.'),
    warndays: optional(integer()).describe('Days of warning before expiry.'),
    expire: optional(integer()).describe('Day the account expires, since 1970-01-01.'),
    nologinit: withDefault(flag(), false).describe('Leaves a new user out of lastlog and faillog.'),
    allow_uid_change: withDefault(flag(), false).describe('Whether the uid of an existing user may change.'),
    allow_gid_change: withDefault(flag(), false).describe('Whether the gid of an existing user may change.'),
    password_lock: optional(flag()).describe('Whether the password is locked.'),
  }),
  examples: [
    `deploy:
  user.present:
    - shell: /bin/bash
    - groups: [www-data]`,
  ],
  async check(args, { host }) {
    const refusal = refuse(args);
    if (refusal !== undefined) return fails(refusal);
    const facts = await readUser(host, args.name);
    const [groups, optionalGroups] = [await namesOf(host, args.groups), await namesOf(host, args.optional_groups)];
    const password = await passwordHash(host, args);
    const request = withoutEmpty({ ...args, password, groups, optional_groups: optionalGroups });
    if (facts === undefined) return create(request);
    const differences = await compareUser(host, facts, request);
    const forbidden = forbiddenChanges(facts, differences, request);
    if (forbidden !== undefined) return fails(forbidden);
    if (Object.keys(differences).length === 0) return isOk(`User ${args.name} is present and up to date`);
    return change(request, facts, differences);
  },
});

function refuse(args: Pick<UserRequest, 'name' | 'fullname' | 'roomnumber' | 'workphone'>): string | undefined {
  if (!/^[^-:/\s][^:/\s]*$/.test(args.name)) return `The name ${args.name} cannot be that of a user`;
  const field = [args.fullname, args.roomnumber, args.workphone].find((one) => one?.includes(',') === true);
  return field === undefined ? undefined : `Unsupported char ',' in ${field}`;
}

// Memberships are kept under names, so that a group told by its number is looked up.
async function namesOf(host: ReadHost, groups: readonly string[] | undefined): Promise<readonly string[] | undefined> {
  if (groups === undefined) return undefined;
  const found = groups.map(async (group) => {
    if (!/^\d+$/.test(group) || (await host.group(group)) !== undefined) return group;
    return (await host.group(Number(group)))?.name ?? group;
  });
  return Promise.all(found);
}

// As in Salt, nothing between the quotes means nothing asked for, but for the parts of the GECOS field.
function withoutEmpty(request: UserRequest): UserRequest {
  const { password, home, shell, gid } = request;
  const given = <Value>(value: Value): Value | undefined => (value === '' ? undefined : value);
  return { ...request, password: given(password), home: given(home), shell: given(shell), gid: given(gid) };
}

async function passwordHash(
  host: ReadHost,
  args: { readonly name: string; readonly password: string | undefined; readonly hash_password: boolean },
): Promise<string | undefined> {
  if (args.password === undefined || args.password === '' || !args.hash_password) return args.password;
  return hashPassword(host, args.password, (await readShadow(host, args.name))?.passwd);
}

async function missingGroups(host: ReadHost, { groups = [] }: UserRequest): Promise<string | undefined> {
  const found = await existing(host, groups);
  const missing = groups.filter((group) => !found.includes(group));
  return missing.length === 0 ? undefined : `The following group(s) are not present: ${missing.join(',')}`;
}

function forbiddenChanges(facts: UserFacts, differences: UserDifferences, request: UserRequest): string | undefined {
  const note = 'True to force this change. Note that this will not change file ownership.';
  const refused = (['uid', 'gid'] as const).filter(
    (key) => differences[key] !== undefined && !(key === 'uid' ? request.allow_uid_change : request.allow_gid_change),
  );
  if (refused.length === 0) return undefined;
  const reasons = refused.map(
    (key) =>
      `Changing ${key} (${facts[key]} -> ${pythonStr(toValue(differences[key]))}) not permitted, set allow_${key}_change to ${note}`,
  );
  return [
    'Encountered error checking for needed changes. Additional info follows:',
    '',
    ...reasons.map((one) => `- ${one}`),
  ].join('\n');
}

function redact(differences: UserDifferences): UserDifferences {
  return differences['passwd'] === undefined ? differences : { ...differences, passwd: redactedPassword };
}

function create(request: UserRequest): CheckOutcome<Host> {
  const { name } = request;
  const pending = { comment: `User ${name} set to be added`, changes: { name } };
  return willChange(pending, (machine) =>
    attempt(`Failed to create new user ${name}`, async () => {
      const missing = await missingGroups(machine, request);
      if (missing !== undefined) return { comment: missing, changes: {}, failed: true };
      await addUser(machine, request);
      const facts = await readUser(machine, name);
      return { comment: `New user ${name} created`, changes: { ...facts, ...extraChanges(request) } };
    }),
  );
}

function extraChanges(request: UserRequest): Record<string, Plain> {
  const ages = Object.keys(agingFields) as (keyof typeof agingFields)[];
  return {
    ...(request.createhome ? {} : { home: '' }),
    ...passwordChange(request),
    ...Object.fromEntries(ages.flatMap((age) => (isSet(age, request[age]) ? [[age, request[age]]] : []))),
  };
}

function passwordChange({ password, empty_password: isEmpty }: UserRequest): Record<string, Plain> {
  if (password === undefined) return isEmpty ? { password: '' } : {};
  return isEmpty ? {} : { password: redactedPassword };
}

// A new account has none of these numbers, so that 0 asks for nothing; as the day of the last change it asks for a new password.
function isSet(age: keyof typeof agingFields, value: number | undefined): boolean {
  return value !== undefined && (value !== 0 || age === 'date');
}

function change(request: UserRequest, facts: UserFacts, differences: UserDifferences): CheckOutcome<Host> {
  const shown = redact(differences);
  const lines = Object.entries(shown).map(([key, value]) => `${key}: ${pythonStr(toValue(value))}\n`);
  const comment = `The following user attributes are set to be changed:\n${lines.join('')}`;
  return willChange({ comment, changes: shown }, (machine) =>
    attempt('', async () => {
      const missing = await missingGroups(machine, request);
      if (missing !== undefined) return { comment: missing, changes: {}, failed: true };
      return changeAndCompare(request, { facts, differences }, machine);
    }),
  );
}

async function changeAndCompare(
  request: UserRequest,
  plan: { readonly facts: UserFacts; readonly differences: UserDifferences },
  machine: Host,
): Promise<Applied> {
  const { name } = request;
  const shadowBefore = await readShadow(machine, name);
  await changeUser(machine, request, plan);
  const after = await readUser(machine, name);
  const shadowAfter = await readShadow(machine, name);
  const aging = Object.entries(shadowAfter ?? {}).filter(
    ([key, value]) => shadowBefore !== undefined && shadowBefore[key as keyof typeof shadowBefore] !== value,
  );
  const madeHome = plan.differences['home'] === undefined ? plan.differences['homeDoesNotExist'] : undefined;
  const changes = {
    ...(after === undefined ? {} : changedFacts(plan.facts, after)),
    ...Object.fromEntries(aging.map(([key, value]) => [key, key === 'passwd' ? redactedPassword : value])),
    ...(madeHome === undefined ? {} : { homeDoesNotExist: madeHome }),
  };
  const left = after === undefined ? {} : await compareUser(machine, after, request);
  if (Object.keys(left).length === 0) return { comment: `Updated user ${name}`, changes };
  return { comment: `These values could not be changed: ${pythonStr(toValue(redact(left)))}`, changes, failed: true };
}
