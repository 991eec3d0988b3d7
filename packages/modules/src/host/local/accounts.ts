import { readFileSync } from 'node:fs';
import type { Account, CommandRequest, CommandResult, Group } from '../../kit/index.ts';

/** The name service: `/etc/passwd` and `/etc/group` read directly, others (LDAP, sssd) through `getent`. */
export interface Accounts {
  account(nameOrUid: string | number): Promise<Account | undefined>;
  group(nameOrGid: string | number): Promise<Group | undefined>;
  groupsOf(account: string): Promise<readonly string[]>;
  accounts(): Promise<readonly Account[]>;
  groups(): Promise<readonly Group[]>;
}

/** Looks accounts up; `run` starts `getent`. */
export function createAccounts(run: (request: CommandRequest) => Promise<CommandResult>): Accounts {
  const accounts = async (): Promise<readonly Account[]> => readLines('/etc/passwd', toAccount);
  const groups = async (): Promise<readonly Group[]> => readLines('/etc/group', toGroup);
  const ask = async (database: string, key: string | number): Promise<string | undefined> => {
    if (!asksOthers(database)) return undefined;
    const { exitCode, stdout } = await run({ command: ['getent', database, '--', String(key)], timeout: 10_000 });
    return exitCode === 0 ? stdout.split('\n')[0] : undefined;
  };
  const account = async (key: string | number): Promise<Account | undefined> =>
    (await accounts()).find((one) => one.name === key || one.uid === key) ??
    toAccount((await ask('passwd', key)) ?? '');
  const group = async (key: string | number): Promise<Group | undefined> =>
    (await groups()).find((one) => one.name === key || one.gid === key) ?? toGroup((await ask('group', key)) ?? '');
  const groupsOf = async (name: string): Promise<readonly string[]> => {
    const found = await account(name);
    const primary = found === undefined ? undefined : await group(found.gid);
    const members = (await groups()).filter((one) => one.members.includes(name)).map((one) => one.name);
    return [...new Set([...(primary === undefined ? [] : [primary.name]), ...members])];
  };
  return { account, group, groupsOf, accounts, groups };
}

// Without another source than the files in nsswitch.conf, getent could only say again what they say.
function asksOthers(database: string): boolean {
  const text = readOrNothing('/etc/nsswitch.conf');
  const line = text.split('\n').find((one) => one.startsWith(`${database}:`)) ?? '';
  const sources =
    line
      .slice(database.length + 1)
      .split('#')[0]
      ?.trim()
      .split(/\s+/) ?? [];
  return sources.some((source) => !['', 'files', 'compat'].includes(source));
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readLines<Entry>(path: string, read: (line: string) => Entry | undefined): readonly Entry[] {
  const text = readOrNothing(path);
  return text.split('\n').flatMap((line) => read(line) ?? []);
}

function toAccount(line: string): Account | undefined {
  const [name, , uid, gid, fullName, home, shell] = line.split(':');
  if (name === undefined || name === '' || uid === undefined || gid === undefined || line.startsWith('#'))
    return undefined;
  return { name, uid: Number(uid), gid: Number(gid), fullName: fullName ?? '', home: home ?? '', shell: shell ?? '' };
}

function toGroup(line: string): Group | undefined {
  const [name, , gid, members] = line.split(':');
  if (name === undefined || name === '' || gid === undefined || line.startsWith('#')) return undefined;
  return { name, gid: Number(gid), members: (members ?? '').split(',').filter((member) => member !== '') };
}
