import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { rootedHost } from '../../providers/accounts/rooted-host.ts';
import { readUser } from '../../providers/accounts/user-facts.ts';
import { otherRoot as root } from '../other-root.ts';

const name = text().describe('Name of the user.');

export const info = defineFunction({
  name: 'user.info',
  summary: 'What is known of a user; an empty dictionary when there is none.',
  args: z.object({ name, root }),
  examples: ["'*' user.info root"],
  run: async ({ name: user, root: folder }, { host }) => ({ ...(await readUser(rootedHost(host, folder), user)) }),
});

export const listUsers = defineFunction({
  name: 'user.list_users',
  summary: 'The names of all users, sorted.',
  args: z.object({ root }),
  examples: ["'*' user.list_users"],
  run: async ({ root: folder }, { host }) =>
    (await rootedHost(host, folder).accounts()).map((account) => account.name).toSorted(),
});

export const listGroups = defineFunction({
  name: 'user.list_groups',
  summary: 'The groups a user is a member of, sorted.',
  args: z.object({ name }),
  examples: ["'*' user.list_groups foo"],
  run: async ({ name: user }, { host }) =>
    (await host.account(user)) === undefined ? [] : (await host.groupsOf(user)).toSorted(),
});

export const primaryGroup = defineFunction({
  name: 'user.primary_group',
  summary: 'The primary group of a user, or what `id` says of one that does not exist.',
  args: z.object({ name }),
  examples: ["'*' user.primary_group saltadmin"],
  async run({ name: user }, { host, setRetcode }) {
    const account = await host.account(user);
    if (account !== undefined) return (await host.group(account.gid))?.name ?? '';
    setRetcode(1);
    return `id: '${user}': no such user`;
  },
});

export const getent = defineFunction({
  name: 'user.getent',
  summary: 'What is known of all users.',
  args: z.object({
    refresh: withDefault(flag(), false).describe('Accepted for Salt; users are always read anew.'),
    root,
  }),
  examples: ["'*' user.getent"],
  async run({ root: folder }, { host }) {
    const system = rootedHost(host, folder);
    const accounts = await system.accounts();
    return Promise.all(accounts.map(async (account) => ({ ...(await readUser(system, account.name)) })));
  },
});
