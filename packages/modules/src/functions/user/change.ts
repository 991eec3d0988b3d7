import { z } from 'zod';
import { commaList, flag, integer, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { gecosFields } from '../../providers/accounts/user-request.ts';
import { readUser } from '../../providers/accounts/user-facts.ts';
import { failure } from '../failure.ts';
import { accountProgram } from '../account-program.ts';

const name = safeName('user').describe('Name of the user.');

/** A name that no program can take for an option, nor a line of its file for two. */
function safeName(what: string) {
  return text().refine((value) => /^[A-Za-z0-9_][\w.-]*\$?$/.test(value), `must be the name of a ${what}`);
}

export const add = defineFunction({
  name: 'user.add',
  summary: 'Makes a user; answers whether that went well.',
  args: z.object({
    name,
    uid: optional(integer()).describe('Number of the user.'),
    gid: optional(text()).describe('Primary group, by name or number.'),
    groups: withDefault(commaList(), []).describe('Further groups.'),
    home: optional(text()).describe('Home folder.'),
    shell: optional(text()).describe('Login shell.'),
    unique: withDefault(flag(), true).describe('Refuse a number that is taken.'),
    system: withDefault(flag(), false).describe('Make a system user.'),
    fullname: withDefault(text(), '').describe('Full name.'),
    createhome: withDefault(flag(), true).describe('Make the home folder.'),
  }),
  examples: ["'*' user.add fred 1500 users home=/home/fred"],
  run(args, context) {
    const options = [
      ...(args.uid === undefined ? [] : ['--uid', String(args.uid), ...(args.unique ? [] : ['--non-unique'])]),
      ...(args.gid === undefined ? [] : ['--gid', args.gid]),
      ...(args.groups.length === 0 ? [] : ['--groups', args.groups.join(',')]),
      ...(args.home === undefined ? [] : ['--home-dir', args.home]),
      ...(args.shell === undefined ? [] : ['--shell', args.shell]),
      ...(args.system ? ['--system'] : []),
      ...(args.fullname === '' ? [] : ['--comment', args.fullname]),
      args.createhome ? '--create-home' : '--no-create-home',
    ];
    return accountProgram(context, ['useradd', ...options, args.name]);
  },
});

export const del = defineFunction({
  name: 'user.delete',
  summary: 'Removes a user; answers whether that went well.',
  args: z.object({
    name,
    remove: withDefault(flag(), false).describe('Remove the home folder too.'),
    force: withDefault(flag(), false).describe('Remove the user though logged in.'),
  }),
  examples: ["'*' user.delete name remove=True force=True"],
  run: ({ name: user, remove, force }, context) =>
    accountProgram(context, ['userdel', ...(remove ? ['--remove'] : []), ...(force ? ['--force'] : []), user]),
});

export const chuid = changeFunction('user.chuid', 'uid', 'Number of the user.', '--uid');
export const chgid = changeFunction('user.chgid', 'gid', 'Primary group, by name or number.', '--gid');
export const chshell = changeFunction('user.chshell', 'shell', 'Login shell.', '--shell');
export const chfullname = describingFunction('fullname', 'Full name');
export const chroomnumber = describingFunction('roomnumber', 'Number of the room');
export const chworkphone = describingFunction('workphone', 'Telephone at work');
export const chhomephone = describingFunction('homephone', 'Telephone at home');
export const chother = describingFunction('other', 'What else there is to say');

function describingFunction(field: (typeof gecosFields)[number], description: string) {
  return defineFunction({
    name: `user.ch${field}`,
    summary: `Changes what is noted of a user (${field}); answers whether that went well.`,
    args: z.object({
      name,
      [field]: withDefault(lineText(), '')
        .refine((value) => !/[,:]/.test(value) || field === 'other', 'must be without commas and colons')
        .describe(`${description}.`),
    }),
    examples: [`'*' user.ch${field} foo 'some text'`],
    async run(args, context) {
      const [user, value] = [String(args['name']), String(args[field])];
      const facts = await readUser(context.host, user);
      if (facts === undefined) return false;
      if (facts[field] === value) return true;
      const noted = gecosFields.map((each) => (each === field ? value : facts[each])).join(',');
      return accountProgram(context, ['usermod', '--comment', noted.replace(/,+$/, ''), user]);
    },
  });
}

export const rename = defineFunction({
  name: 'user.rename',
  summary: 'Gives a user another name; answers whether that went well.',
  args: z.object({ name, new_name: safeName('user').describe('The new name.') }),
  examples: ["'*' user.rename name new_name"],
  async run({ name: user, new_name: wanted }, context) {
    await requireUser(context, user);
    if ((await context.host.account(wanted)) !== undefined) throw failure(`User '${wanted}' already exists`);
    return accountProgram(context, ['usermod', '--login', wanted, user]);
  },
});

export const chhome = defineFunction({
  name: 'user.chhome',
  summary: 'Changes the home folder of a user; answers whether it is that now.',
  args: z.object({
    name,
    home: text().describe('Home folder.'),
    persist: withDefault(flag(), false).describe('Move what is in the old one.'),
  }),
  examples: ["'*' user.chhome foo /home/users/foo True"],
  async run({ name: user, home, persist }, context) {
    await requireUser(context, user);
    return accountProgram(context, ['usermod', '--home', home, ...(persist ? ['--move-home'] : []), user]);
  },
});

export const chgroups = defineFunction({
  name: 'user.chgroups',
  summary: 'Changes the further groups of a user; answers whether that went well.',
  args: z.object({
    name,
    groups: commaList().describe('The groups.'),
    append: withDefault(flag(), false).describe('Keep the groups there are.'),
  }),
  examples: ["'*' user.chgroups foo wheel,root", "'*' user.chgroups foo wheel append=True"],
  run: ({ name: user, groups, append }, context) =>
    accountProgram(context, ['usermod', ...(append ? ['--append'] : []), '--groups', groups.join(','), user]),
});

async function requireUser({ host }: FunctionContext, user: string): Promise<void> {
  if ((await host.account(user)) === undefined) throw failure(`User '${user}' does not exist`);
}

function changeFunction(functionName: string, argument: string, description: string, option: string) {
  return defineFunction({
    name: functionName,
    summary: `Changes an account (${argument}); answers whether that went well.`,
    args: z.object({ name, [argument]: text().describe(description) }),
    examples: [`'*' ${functionName} foo 4376`],
    async run(args, context) {
      const user = String(args['name']);
      await requireUser(context, user);
      return accountProgram(context, ['usermod', option, String(args[argument]), user]);
    },
  });
}
