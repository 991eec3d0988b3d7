import type { Plain } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import { gidOf } from '../files/ownership.ts';
import { isDirectory } from '../files/paths.ts';
import { existing, type UserDifferences } from './compare-user.ts';
import { runAccountProgram } from './files/with-account-programs.ts';
import type { UserFacts } from './user-facts.ts';
import { agingFields, gecosFields, type UserRequest } from './user-request.ts';

/** Makes an account with `useradd`, and sets its password and ages. */
export async function addUser(machine: Host, request: UserRequest): Promise<void> {
  const { name } = request;
  await runAccountProgram(machine, ['useradd', ...(await addOptions(machine, request)), '--', name]);
  if (request.password !== undefined && !request.empty_password) await setPassword(machine, name, request.password);
  if (request.empty_password && request.password === undefined)
    await runAccountProgram(machine, ['passwd', '-d', name]);
  await setAging(machine, request, request);
  if (request.password_lock === true) await runAccountProgram(machine, ['usermod', '-L', '--', name]);
}

async function addOptions(machine: Host, request: UserRequest): Promise<readonly string[]> {
  const groups = [...(request.groups ?? []), ...(await existing(machine, request.optional_groups ?? []))];
  const gecos = gecosFields
    .map((field) => request[field] ?? '')
    .join(',')
    .replace(/,+$/, '');
  const option = (flag: string, value: string | number | undefined): readonly string[] =>
    value === undefined || value === '' ? [] : [flag, String(value)];
  return [
    ...option('-s', request.shell),
    ...option('-u', request.uid),
    ...(await groupOption(machine, request)),
    ...option('-G', groups.join(',')),
    ...option('-d', request.home),
    ...option('-c', gecos),
    request.createhome ? '-m' : '-M',
    ...(request.system ? ['-r'] : []),
    ...(request.unique ? [] : ['-o']),
    ...(request.nologinit ? ['-l'] : []),
  ];
}

// useradd refuses to make a group of the user's name when one is there already; that one is meant then.
async function groupOption(machine: Host, request: UserRequest): Promise<readonly string[]> {
  const { name, gid, usergroup } = request;
  const hasOwnGroup = (await machine.group(name)) !== undefined;
  if (gid !== undefined) return ['-g', String((await gidOf(machine, gid)) ?? gid)];
  if (hasOwnGroup && usergroup !== false) return ['-g', name];
  if (usergroup === undefined) return [];
  return [usergroup ? '-U' : '-N'];
}

/** Brings about the differences that were found. */
export async function changeUser(
  machine: Host,
  request: UserRequest,
  { facts, differences }: { readonly facts: UserFacts; readonly differences: UserDifferences },
): Promise<void> {
  const { name } = request;
  const options = modOptions(request, facts, await withGroupNumber(machine, differences));
  if (options.length > 0) await runAccountProgram(machine, ['usermod', ...options, '--', name]);
  if (differences['passwd'] !== undefined) await setPassword(machine, name, text(differences['passwd']));
  if (differences['empty_password'] === true) await runAccountProgram(machine, ['passwd', '-d', name]);
  if (differences['homeDoesNotExist'] !== undefined)
    await makeHome(machine, text(differences['homeDoesNotExist']), name);
  await setAging(machine, request, differences);
  if (differences['password_lock'] !== undefined)
    await runAccountProgram(machine, ['usermod', differences['password_lock'] === true ? '-L' : '-U', '--', name]);
  if (Array.isArray(differences['groups']))
    await runAccountProgram(machine, [
      'usermod',
      ...(request.remove_groups ? [] : ['-a']),
      '-G',
      differences['groups'].map(text).join(','),
      '--',
      name,
    ]);
}

async function withGroupNumber(machine: Host, differences: UserDifferences): Promise<UserDifferences> {
  const { gid } = differences;
  if (typeof gid !== 'string' && typeof gid !== 'number') return differences;
  return { ...differences, gid: (await gidOf(machine, gid)) ?? gid };
}

function modOptions(request: UserRequest, facts: UserFacts, differences: UserDifferences): readonly string[] {
  const option = (key: string, flag: string): readonly string[] =>
    differences[key] === undefined ? [] : [flag, text(differences[key])];
  const changesGecos = gecosFields.some((field) => differences[field] !== undefined);
  const gecos = gecosFields
    .map((field) => request[field] ?? facts[field])
    .join(',')
    .replace(/,+$/, '');
  return [
    ...option('uid', '-u'),
    ...(differences['uid'] !== undefined && !request.unique ? ['-o'] : []),
    ...option('gid', '-g'),
    ...option('home', '-d'),
    ...option('shell', '-s'),
    ...(changesGecos ? ['-c', gecos] : []),
  ];
}

function text(value: Plain): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

async function setPassword(machine: Host, name: string, hash: string): Promise<void> {
  await runAccountProgram(machine, ['chpasswd', '-e'], { input: `${name}:${hash}\n` });
}

async function setAging(
  machine: Host,
  { name }: UserRequest,
  wanted: Readonly<Record<keyof typeof agingFields, number | undefined>> | UserDifferences,
): Promise<void> {
  const values = wanted as Readonly<Record<string, Plain>>;
  for (const [argument, { option }] of Object.entries(agingFields)) {
    const value = values[argument];
    if (value !== undefined) await runAccountProgram(machine, ['chage', option, text(value), name]);
  }
}

async function makeHome(machine: Host, home: string, name: string): Promise<void> {
  const account = await machine.account(name);
  if (account === undefined || (await isDirectory(machine, home))) return;
  await machine.files.makeDirectory(home, { parents: true, mode: 0o755 });
  await machine.files.setAttributes(home, { uid: account.uid, gid: account.gid });
}
