import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, either, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { fitsPassword } from '../../providers/rabbitmq/rabbitmq.ts';
import { failure } from '../failure.ts';
import { brokerName, control, list, pattern, plainArguments, runas } from './ctl.ts';

const name = brokerName('the name of an account').describe('Name of the account.');
const password = secret(lineText()).describe('Its password.');
const vhost = brokerName('the name of a virtual host').describe('Name of the virtual host.');

export const listUsers = defineFunction({
  name: 'rabbitmq.list_users',
  summary: 'The accounts of the broker and their tags.',
  args: plainArguments,
  examples: ["'*' rabbitmq.list_users"],
  async run(args, context) {
    const rows = await list(context, args, ['list_users']);
    return Object.fromEntries(
      rows.map((row): [string, Plain] => {
        const tags = Array.isArray(row['tags']) ? row['tags'].map(String) : [];
        return [String(row['user']), tags.length === 0 ? [''] : tags];
      }),
    );
  },
});

export const userExists = defineFunction({
  name: 'rabbitmq.user_exists',
  summary: 'Whether the broker has an account.',
  args: z.object({ name, runas }),
  examples: ["'*' rabbitmq.user_exists rabbit_user"],
  run: async (args, context) =>
    (await list(context, args, ['list_users'])).some((row) => String(row['user']) === args.name),
});

export const addUser = defineFunction({
  name: 'rabbitmq.add_user',
  summary: 'Makes an account; without a password it cannot log in by one.',
  args: z.object({ name, password: secret(optional(lineText())).describe('Its password.'), runas }),
  examples: ["'*' rabbitmq.add_user rabbit_user password"],
  async run(args, context) {
    // On the command line it would be for everyone to see.
    const word = args.password ?? pythonStr(await context.call('random.get_str', [32]));
    const said = await control(context, args, ['add_user', args.name], word);
    if (args.password === undefined) await control(context, args, ['clear_password', args.name]);
    return { Added: said };
  },
});

export const deleteUser = defineFunction({
  name: 'rabbitmq.delete_user',
  summary: 'Removes an account.',
  args: z.object({ name, runas }),
  examples: ["'*' rabbitmq.delete_user rabbit_user"],
  run: async (args, context) => ({ Deleted: await control(context, args, ['delete_user', args.name]) }),
});

export const changePassword = defineFunction({
  name: 'rabbitmq.change_password',
  summary: 'Sets the password of an account.',
  args: z.object({ name, password, runas }),
  examples: ["'*' rabbitmq.change_password rabbit_user password"],
  run: async (args, context) => ({
    'Password Changed': await control(context, args, ['change_password', args.name], args.password),
  }),
});

export const clearPassword = defineFunction({
  name: 'rabbitmq.clear_password',
  summary: 'Lets an account log in by no password.',
  args: z.object({ name, runas }),
  examples: ["'*' rabbitmq.clear_password rabbit_user"],
  run: async (args, context) => ({ 'Password Cleared': await control(context, args, ['clear_password', args.name]) }),
});

export const checkPassword = defineFunction({
  name: 'rabbitmq.check_password',
  summary: 'Whether the broker takes the password of an account.',
  args: z.object({ name, password, runas }),
  examples: ["'*' rabbitmq.check_password rabbit_user password"],
  run: (args, { host }) => fitsPassword(host, args, { name: args.name, password: args.password }),
});

export const setUserTags = defineFunction({
  name: 'rabbitmq.set_user_tags',
  summary: 'Gives an account these tags and no others.',
  args: z.object({ name, tags: either(commaList(), textList()).describe('The tags.'), runas }),
  examples: ["'*' rabbitmq.set_user_tags myadmin administrator"],
  async run(args, context) {
    const bad = args.tags.find((tag) => !/^\w[\w-]*$/.test(tag));
    if (bad !== undefined) throw failure(`${bad} cannot be a tag.`);
    return { 'Tag(s) set': await control(context, args, ['set_user_tags', args.name, ...args.tags]) };
  },
});

export const setPermissions = defineFunction({
  name: 'rabbitmq.set_permissions',
  summary: 'Sets what an account may do in a virtual host.',
  args: z.object({
    vhost,
    user: name,
    conf: withDefault(pattern, '.*').describe('What it may configure.'),
    write: withDefault(pattern, '.*').describe('What it may write to.'),
    read: withDefault(pattern, '.*').describe('What it may read from.'),
    runas,
  }),
  examples: ["'*' rabbitmq.set_permissions myvhost myuser"],
  run: async (args, context) => ({
    'Permissions Set': await control(context, args, [
      ...['set_permissions', '-p', args.vhost, '--', args.user],
      ...[args.conf, args.write, args.read],
    ]),
  }),
});

export const listPermissions = defineFunction({
  name: 'rabbitmq.list_permissions',
  summary: 'What accounts may do in a virtual host.',
  args: z.object({ vhost, runas }),
  examples: ["'*' rabbitmq.list_permissions /myvhost"],
  run: async (args, context) => byMember(await list(context, args, ['list_permissions', '-p', args.vhost]), 'user'),
});

export const listUserPermissions = defineFunction({
  name: 'rabbitmq.list_user_permissions',
  summary: 'What an account may do, by virtual host.',
  args: z.object({ name, runas }),
  examples: ["'*' rabbitmq.list_user_permissions user"],
  run: async (args, context) => byMember(await list(context, args, ['list_user_permissions', args.name]), 'vhost'),
});

function byMember(rows: readonly Readonly<Record<string, unknown>>[], member: string): Record<string, Plain> {
  return Object.fromEntries(
    rows.map((row): [string, Plain] => {
      const { [member]: key, ...rest } = row;
      return [String(key), rest as Record<string, Plain>];
    }),
  );
}
