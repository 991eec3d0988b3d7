import { z } from 'zod';
import { flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { nativeHash, quoteAccount, quoteMysqlText, type MysqlServer } from '../../providers/databases/mysql.ts';
import {
  identify,
  isPluginName,
  needsVersion,
  type MysqlIdentification,
} from '../../providers/databases/mysql-identification.ts';
import { failure } from '../failure.ts';
import { ask, connection, execute, firstColumn, hasAccount, readVersion, toPlain } from './server.ts';

const user = lineText().describe('Name of the account.');
const host = withDefault(lineText(), 'localhost').describe('Where it connects from; % for anywhere.');
const secrets = {
  password: secret(optional(lineText())).describe('Its password.'),
  password_hash: secret(optional(lineText())).describe('The hash of its password, as the server shows it.'),
};
const passwordColumn = optional(lineText()).describe('Accepted for Salt; the server is asked for the account whole.');
const unixSocket = withDefault(flag(), false).describe('Whether the local account of its name needs no password.');

export const userList = defineFunction({
  name: 'mysql.user_list',
  ignoresOthers: true,
  summary: 'The accounts of a server.',
  args: z.object(connection),
  examples: ["'*' mysql.user_list"],
  run: async (args, context) => toPlain(await ask(context, args, 'SELECT User, Host FROM mysql.user')),
});

export const userInfo = defineFunction({
  name: 'mysql.user_info',
  ignoresOthers: true,
  summary: 'All that a server has on an account; null when there is none.',
  args: z.object({ user, host, ...connection }),
  examples: ["'*' mysql.user_info root localhost"],
  async run(args, context) {
    const where = `User = ${quoteMysqlText(args.user)} AND Host = ${quoteMysqlText(args.host)}`;
    const rows = await ask(context, args, `SELECT * FROM mysql.user WHERE ${where}`);
    return toPlain(rows)[0] ?? null;
  },
});

export const userExists = defineFunction({
  name: 'mysql.user_exists',
  ignoresOthers: true,
  summary: 'Whether there is an account, and with a password when one is given.',
  args: z.object({
    user,
    host,
    ...secrets,
    passwordless: withDefault(flag(), false).describe('Whether it has to be without a password.'),
    unix_socket: unixSocket,
    password_column: passwordColumn,
    ...connection,
  }),
  examples: ["'*' mysql.user_exists 'username' 'hostname' 'password'"],
  async run(args, context) {
    if (!(await hasAccount(context, args, args.user, args.host))) return false;
    const shown = (await ask(context, args, `SHOW CREATE USER ${quoteAccount(args.user, args.host)}`)) ?? [];
    const told = firstColumn(shown)[0] ?? '';
    const hash = /'(\*[0-9A-F]{40})'/i.exec(told)?.[1]?.toUpperCase();
    if (args.passwordless) return args.unix_socket ? told.includes('unix_socket') : hash === undefined;
    if (args.password !== undefined)
      return hash === nativeHash(args.password) || (await fits(context, args, args.user, args.password));
    return args.password_hash === undefined || hash === args.password_hash.toUpperCase();
  },
});

// Kinds of hashes that are salted only the server can check.
async function fits(context: FunctionContext, server: MysqlServer, name: string, password: string): Promise<boolean> {
  const own = { ...server, connection_user: name, connection_pass: password, connection_db: undefined };
  return (await readVersion(context, own)) !== '';
}

async function identification(
  request: MysqlIdentification & MysqlServer & { readonly user: string },
  context: FunctionContext,
): Promise<string> {
  const plugin = request.auth_plugin;
  if (plugin !== undefined && !isPluginName(plugin)) throw failure(`${plugin} cannot be the name of a plugin`);
  return identify(request, request.user, needsVersion(request) ? await readVersion(context, request) : '');
}

const withPassword = {
  user,
  host,
  ...secrets,
  allow_passwordless: withDefault(flag(), false).describe('Whether it may have no password.'),
  unix_socket: unixSocket,
  password_column: passwordColumn,
};

export const userCreate = defineFunction({
  name: 'mysql.user_create',
  ignoresOthers: true,
  summary: 'Makes an account; false when it is there already, has no password or the server refuses.',
  args: z.object({
    ...withPassword,
    auth_plugin: optional(lineText()).describe(
      'The kind of its password, e.g. ed25519; that of the server unless given.',
    ),
    ...connection,
  }),
  examples: ["'*' mysql.user_create 'username' 'hostname' 'password'"],
  async run(args, context) {
    if (await hasAccount(context, args, args.user, args.host)) return false;
    if (!mayBe(args, context)) return false;
    const how = await identification(args, context);
    return execute(context, args, `CREATE USER ${quoteAccount(args.user, args.host)}${how}`);
  },
});

export const userChpass = defineFunction({
  name: 'mysql.user_chpass',
  ignoresOthers: true,
  summary: 'Sets the password of an account; answers whether that went well.',
  args: z.object({
    ...withPassword,
    ...connection,
  }),
  examples: ["'*' mysql.user_chpass frank localhost newpassword"],
  async run(args, context) {
    if (!(await hasAccount(context, args, args.user, args.host)) || !mayBe(args, context)) return false;
    const how = await identification(args, context);
    return execute(context, args, `ALTER USER ${quoteAccount(args.user, args.host)}${how}`);
  },
});

function mayBe(
  args: {
    readonly password: string | undefined;
    readonly password_hash: string | undefined;
    readonly allow_passwordless: boolean;
  },
  { log }: FunctionContext,
): boolean {
  const isFine = args.password !== undefined || args.password_hash !== undefined || args.allow_passwordless;
  if (!isFine) log.error('password or password_hash must be specified, unless allow_passwordless=True');
  return isFine;
}

export const userRemove = defineFunction({
  name: 'mysql.user_remove',
  ignoresOthers: true,
  summary: 'Removes an account; false when there is none.',
  args: z.object({ user, host, ...connection }),
  examples: ["'*' mysql.user_remove frank localhost"],
  async run(args, context) {
    if (!(await hasAccount(context, args, args.user, args.host))) return false;
    return execute(context, args, `DROP USER ${quoteAccount(args.user, args.host)}`);
  },
});

export const verifyLogin = defineFunction({
  name: 'mysql.verify_login',
  ignoresOthers: true,
  summary: 'Whether the server lets an account in with a password.',
  args: z.object({ user, password: secrets.password, ...connection }),
  examples: ["'*' mysql.verify_login root password"],
  run: (args, context) => fits(context, args, args.user, args.password ?? ''),
});
