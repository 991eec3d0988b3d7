import { z } from 'zod';
import { commaList, flag, integer, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { rootedHost } from '../../providers/accounts/rooted-host.ts';
import { gecosFields } from '../../providers/accounts/user-request.ts';
import { readUser } from '../../providers/accounts/user-facts.ts';
import { failure } from '../failure.ts';
import { accountProgram } from '../account-program.ts';
import { inRoot, otherRoot as root } from '../other-root.ts';

const name = safeName('user').describe('Name of the user.');

/** A name that no program can take for an option, nor a line of its file for two. */
function safeName(what: string) {
  return text().refine((value) => /^[A-Za-z0-9_][\w.-]*\$?$/.test(value), `must be the name of a ${what}`);
}

const gecosArguments = {
  roomnumber: withDefault(gecosText('roomnumber'), '').describe('Number of the room.'),
  workphone: withDefault(gecosText('workphone'), '').describe('Telephone at work.'),
  homephone: withDefault(gecosText('homephone'), '').describe('Telephone at home.'),
  other: withDefault(gecosText('other'), '').describe('What else there is to say.'),
};

function gecosText(field: (typeof gecosFields)[number]) {
  return lineText().refine(
    (value) => (field === 'other' ? !value.includes(':') : !/[,:]/.test(value)),
    'must be without commas and colons',
  );
}

type NewUser = Readonly<Record<(typeof gecosFields)[number], string>> & {
  readonly uid: number | undefined;
  readonly gid: string | undefined;
  readonly groups: readonly string[];
  readonly home: string | undefined;
  readonly shell: string | undefined;
  readonly unique: boolean;
  readonly system: boolean;
  readonly createhome: boolean;
  readonly nologinit: boolean;
  readonly root: string | undefined;
  readonly usergroup: boolean | undefined;
};

function creationOptions(user: NewUser): readonly string[] {
  const noted = gecosFields
    .map((field) => user[field])
    .join(',')
    .replace(/,+$/, '');
  const optionOf = (name: string, value: string | undefined): readonly string[] =>
    value === undefined || value === '' ? [] : [name, value];
  return [
    ...(user.uid === undefined ? [] : ['--uid', String(user.uid), ...(user.unique ? [] : ['--non-unique'])]),
    ...optionOf('--gid', user.gid),
    ...optionOf('--home-dir', user.home),
    ...optionOf('--shell', user.shell),
    ...(user.system ? ['--system'] : []),
    ...optionOf('--comment', noted),
    user.createhome ? '--create-home' : '--no-create-home',
    ...(user.nologinit ? ['--no-log-init'] : []),
    ...(user.usergroup === undefined ? [] : [user.usergroup ? '--user-group' : '--no-user-group']),
    ...inRoot(user.root),
  ];
}

export const add = defineFunction({
  name: 'user.add',
  summary: 'Makes a user; answers whether that went well.',
  args: z.object(
    inOrder(
      {
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
        ...gecosArguments,
        loginclass: optional(text()).describe('Accepted for Salt; of use on BSD alone.'),
        nologinit: withDefault(flag(), false).describe('Leave the user out of the logs of logins.'),
        root,
        usergroup: optional(flag()).describe('Make, or make no, group of the same name.'),
      },
      'name uid gid groups home shell unique system fullname roomnumber workphone homephone other createhome',
    ),
  ),
  examples: ["'*' user.add fred 1500 users home=/home/fred"],
  async run(args, context) {
    if (!(await accountProgram(context, ['useradd', ...creationOptions(args), args.name]))) return false;
    // As in Salt, a user that could be made is one; that a group does not exist is told by the status.
    if (args.groups.length > 0) await accountProgram(context, groupsCommand(args.name, args.groups, args.root));
    return true;
  },
});

function groupsCommand(user: string, groups: readonly string[], folder: string | undefined): readonly string[] {
  return ['usermod', ...inRoot(folder), '--groups', groups.join(','), user];
}

export const del = defineFunction({
  name: 'user.delete',
  summary: 'Removes a user; answers whether that went well.',
  args: z.object({
    name,
    remove: withDefault(flag(), false).describe('Remove the home folder too.'),
    force: withDefault(flag(), false).describe('Remove the user though logged in.'),
    root,
  }),
  examples: ["'*' user.delete name remove=True force=True"],
  run: ({ name: user, remove, force, root: folder }, context) =>
    accountProgram(context, [
      'userdel',
      ...(remove ? ['--remove'] : []),
      ...(force ? ['--force'] : []),
      ...inRoot(folder),
      user,
    ]),
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
      [field]: gecosText(field).describe(`${description}.`),
      root,
    }),
    examples: [`'*' user.ch${field} foo 'some text'`],
    async run(args, context) {
      const [user, value] = [String(args['name']), String(args[field])];
      const folder = args['root'] as string | undefined;
      const facts = await readUser(rootedHost(context.host, folder), user);
      if (facts === undefined) return false;
      if (facts[field] === value) return true;
      const noted = gecosFields.map((each) => (each === field ? value : facts[each])).join(',');
      return accountProgram(context, ['usermod', ...inRoot(folder), '--comment', noted.replace(/,+$/, ''), user]);
    },
  });
}

export const rename = defineFunction({
  name: 'user.rename',
  summary: 'Gives a user another name; answers whether that went well.',
  args: z.object({ name, new_name: safeName('user').describe('The new name.'), root }),
  examples: ["'*' user.rename name new_name"],
  async run({ name: user, new_name: wanted, root: folder }, context) {
    await requireUser(context, user, folder);
    if ((await rootedHost(context.host, folder).account(wanted)) !== undefined)
      throw failure(`User '${wanted}' already exists`);
    return accountProgram(context, ['usermod', ...inRoot(folder), '--login', wanted, user]);
  },
});

export const chhome = defineFunction({
  name: 'user.chhome',
  summary: 'Changes the home folder of a user; answers whether it is that now.',
  args: z.object({
    name,
    home: text().describe('Home folder.'),
    persist: withDefault(flag(), false).describe('Move what is in the old one.'),
    root,
  }),
  examples: ["'*' user.chhome foo /home/users/foo True"],
  async run({ name: user, home, persist, root: folder }, context) {
    await requireUser(context, user, folder);
    return accountProgram(context, [
      'usermod',
      ...inRoot(folder),
      '--home',
      home,
      ...(persist ? ['--move-home'] : []),
      user,
    ]);
  },
});

export const chgroups = defineFunction({
  name: 'user.chgroups',
  summary: 'Changes the further groups of a user; answers whether that went well.',
  args: z.object({
    name,
    groups: commaList().describe('The groups.'),
    append: withDefault(flag(), false).describe('Keep the groups there are.'),
    root,
  }),
  examples: ["'*' user.chgroups foo wheel,root", "'*' user.chgroups foo wheel append=True"],
  run: ({ name: user, groups, append, root: folder }, context) =>
    accountProgram(context, [
      'usermod',
      ...inRoot(folder),
      ...(append ? ['--append'] : []),
      ...['--groups', groups.join(','), user],
    ]),
});

async function requireUser({ host }: FunctionContext, user: string, folder: string | undefined): Promise<void> {
  if ((await rootedHost(host, folder).account(user)) === undefined) throw failure(`User '${user}' does not exist`);
}

function changeFunction(functionName: string, argument: string, description: string, option: string) {
  return defineFunction({
    name: functionName,
    summary: `Changes an account (${argument}); answers whether that went well.`,
    args: z.object({ name, [argument]: text().describe(description), root }),
    examples: [`'*' ${functionName} foo 4376`],
    async run(args, context) {
      const user = String(args['name']);
      const folder = args['root'] as string | undefined;
      await requireUser(context, user, folder);
      return accountProgram(context, ['usermod', ...inRoot(folder), option, String(args[argument]), user]);
    },
  });
}
