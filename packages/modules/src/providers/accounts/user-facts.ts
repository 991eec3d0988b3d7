import type { Plain } from '@brine/common';
import type { Account, ReadHost } from '../../kit/index.ts';

/** An account in the shape of Salt's `user.info`. */
export interface UserFacts {
  readonly gid: number;
  readonly groups: readonly string[];
  readonly home: string;
  readonly name: string;
  readonly passwd: string;
  readonly shell: string;
  readonly uid: number;
  readonly fullname: string;
  readonly roomnumber: string;
  readonly workphone: string;
  readonly homephone: string;
  readonly other: string;
}

/** What is known of an account; `undefined` when there is none. */
export async function readUser(
  host: Pick<ReadHost, 'account' | 'groupsOf'>,
  name: string,
): Promise<UserFacts | undefined> {
  const account = await host.account(name);
  return account === undefined ? undefined : toFacts(account, await host.groupsOf(name));
}

function toFacts(account: Account, groups: readonly string[]): UserFacts {
  const [fullname = '', roomnumber = '', workphone = '', homephone = '', ...other] = account.fullName.split(',');
  const { gid, home, name, shell, uid } = account;
  const gecos = { fullname, roomnumber, workphone, homephone, other: other.join(',') };
  return { gid, groups: groups.toSorted(), home, name, passwd: 'x', shell, uid, ...gecos };
}

/** What differs between two looks at an account. */
export function changedFacts(before: UserFacts, after: UserFacts): Record<string, Plain> {
  const keys = Object.keys(after) as (keyof UserFacts)[];
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key]]));
}
