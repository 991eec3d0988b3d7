import { z } from 'zod';
import { commaList, flag, integer, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { accountProgram } from '../account-program.ts';
import { inRoot, otherRoot as root } from '../other-root.ts';
import { safeName } from '../safe-name.ts';

const name = safeName('the name of a group').describe('Name of the group.');
const username = safeName('the name of an account').describe('The account.');

export const add = defineFunction({
  name: 'group.add',
  summary: 'Makes a group; answers whether that went well.',
  args: z.object({
    name,
    gid: optional(integer()).describe('Number of the group.'),
    system: withDefault(flag(), false).describe('Make a system group.'),
    root,
    non_unique: withDefault(flag(), false).describe('Allow a number that is taken.'),
  }),
  examples: ["'*' group.add foo 3456"],
  run: (args, context) =>
    accountProgram(context, [
      'groupadd',
      ...(args.gid === undefined ? [] : ['-g', String(args.gid), ...(args.non_unique ? ['-o'] : [])]),
      ...(args.system ? ['-r'] : []),
      ...inRoot(args.root, '-R'),
      args.name,
    ]),
});

export const del = defineFunction({
  name: 'group.delete',
  summary: 'Removes a group; answers whether that went well.',
  args: z.object({ name, root }),
  examples: ["'*' group.delete foo"],
  run: (args, context) => accountProgram(context, ['groupdel', ...inRoot(args.root, '-R'), args.name]),
});

export const chgid = defineFunction({
  name: 'group.chgid',
  summary: 'Changes the number of a group; answers whether it has that one now.',
  args: z.object({
    name,
    gid: integer().describe('The number.'),
    root,
    non_unique: withDefault(flag(), false).describe('Allow a number that is taken.'),
  }),
  examples: ["'*' group.chgid foo 4376"],
  async run(args, context) {
    const before = await context.host.group(args.name);
    if (args.root === undefined && before === undefined) return false;
    if (before?.gid === args.gid) return true;
    const options = ['-g', String(args.gid), ...(args.non_unique ? ['-o'] : [])];
    return accountProgram(context, ['groupmod', ...inRoot(args.root, '-R'), ...options, args.name]);
  },
});

export const adduser = defineFunction({
  name: 'group.adduser',
  summary: 'Makes an account a member of a group; answers whether that went well.',
  args: z.object({ name, username, root }),
  examples: ["'*' group.adduser foo bar"],
  run: (args, context) => accountProgram(context, ['gpasswd', ...inRoot(args.root), '--add', args.username, args.name]),
});

export const deluser = defineFunction({
  name: 'group.deluser',
  summary: 'Makes an account no member of a group; answers whether it is none.',
  args: z.object({ name, username, root }),
  examples: ["'*' group.deluser foo bar"],
  async run(args, context) {
    const found = await context.host.group(args.name);
    if (args.root === undefined && found?.members.includes(args.username) !== true) return true;
    return accountProgram(context, ['gpasswd', ...inRoot(args.root), '--delete', args.username, args.name]);
  },
});

export const members = defineFunction({
  name: 'group.members',
  summary: 'Makes some accounts the only members of a group; answers whether that went well.',
  args: z.object({ name, members_list: commaList().describe('The accounts.'), root }),
  examples: ["'*' group.members foo 'user1,user2,user3'"],
  run: (args, context) =>
    accountProgram(context, ['gpasswd', ...inRoot(args.root), '--members', args.members_list.join(','), args.name]),
});
