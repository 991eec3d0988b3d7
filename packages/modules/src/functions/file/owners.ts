import { z } from 'zod';
import { accountName } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const uidToUser = defineFunction({
  name: 'file.uid_to_user',
  summary: 'The name of a user by number; the number when there is none.',
  args: z.object({ uid: accountName().describe('The number.') }),
  examples: ["'*' file.uid_to_user 0"],
  run: async ({ uid }, { host }) => (await host.account(toNumber(uid)))?.name ?? uid,
});

export const userToUid = defineFunction({
  name: 'file.user_to_uid',
  summary: 'The number of a user by name; an empty text when there is none.',
  args: z.object({ user: accountName().describe('The name.') }),
  examples: ["'*' file.user_to_uid root"],
  async run({ user }, { host }) {
    return typeof user === 'number' ? user : ((await host.account(user))?.uid ?? '');
  },
});

export const gidToGroup = defineFunction({
  name: 'file.gid_to_group',
  summary: 'The name of a group by number; an empty text when there is none.',
  args: z.object({ gid: accountName().describe('The number.') }),
  examples: ["'*' file.gid_to_group 0"],
  async run({ gid }, { host }) {
    const wanted = toNumber(gid);
    return (await host.group(wanted))?.name ?? (typeof wanted === 'number' ? wanted : '');
  },
});

export const groupToGid = defineFunction({
  name: 'file.group_to_gid',
  summary: 'The number of a group by name; an empty text when there is none.',
  args: z.object({ group: accountName().describe('The name.') }),
  examples: ["'*' file.group_to_gid root"],
  async run({ group }, { host }) {
    return typeof group === 'number' ? group : ((await host.group(group))?.gid ?? '');
  },
});

function toNumber(name: string | number): string | number {
  return typeof name === 'string' && /^\d+$/.test(name) ? Number(name) : name;
}
