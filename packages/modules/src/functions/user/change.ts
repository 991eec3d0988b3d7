import { z } from 'zod';
import { commaList, flag, integer, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

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
    return succeeds(context, ['useradd', ...options, args.name]);
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
    succeeds(context, ['userdel', ...(remove ? ['--remove'] : []), ...(force ? ['--force'] : []), user]),
});

export const chuid = changeFunction('user.chuid', 'uid', 'Number of the user.', '--uid');
export const chgid = changeFunction('user.chgid', 'gid', 'Primary group, by name or number.', '--gid');
export const chshell = changeFunction('user.chshell', 'shell', 'Login shell.', '--shell');
export const chfullname = changeFunction('user.chfullname', 'fullname', 'Full name.', '--comment');

export const chhome = defineFunction({
  name: 'user.chhome',
  summary: 'Changes the home folder of a user; answers whether it is that now.',
  args: z.object({
    name,
    home: text().describe('Home folder.'),
    persist: withDefault(flag(), false).describe('Move what is in the old one.'),
  }),
  examples: ["'*' user.chhome foo /home/users/foo True"],
  run: ({ name: user, home, persist }, context) =>
    succeeds(context, ['usermod', '--home', home, ...(persist ? ['--move-home'] : []), user]),
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
    succeeds(context, ['usermod', ...(append ? ['--append'] : []), '--groups', groups.join(','), user]),
});

function changeFunction(functionName: string, argument: string, description: string, option: string) {
  return defineFunction({
    name: functionName,
    summary: `Changes an account (${argument}); answers whether that went well.`,
    args: z.object({ name, [argument]: text().describe(description) }),
    examples: [`'*' ${functionName} foo 4376`],
    run: (args, context) => succeeds(context, ['usermod', option, String(args[argument]), String(args['name'])]),
  });
}

async function succeeds({ host, signal, log }: FunctionContext, command: readonly string[]): Promise<boolean> {
  const [program = ''] = command;
  if ((await host.which(program)) === undefined) throw failure(`${program} was not found on this minion.`);
  const result = await host.run({ command, signal });
  if (result.exitCode !== 0) log.error('account program failed', { program, said: result.stderr.trim() });
  return result.exitCode === 0;
}
