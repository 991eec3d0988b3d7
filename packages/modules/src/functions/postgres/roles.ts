import type { Plain } from '@brine/common';
import { z } from 'zod';
import { commaList, flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { hashFor, quoteName, quoteText } from '../../providers/databases/postgres.ts';
import { execute, queryRows, roleFlags, serverArguments, type ServerGiven } from './server.ts';

const name = lineText().describe('Name of the role.');
const returnPassword = withDefault(flag(), false).describe('Tell the hash of its password too.');

export const userList = defineFunction({
  name: 'postgres.user_list',
  summary: 'The roles of a server, with what they may do.',
  args: z.object({ ...serverArguments, return_password: returnPassword }),
  examples: ["'*' postgres.user_list"],
  run: async (args, context) => Object.fromEntries(await listRoles(context, args, args.return_password)),
});

export const roleGet = defineFunction({
  name: 'postgres.role_get',
  summary: 'What a role may do; null when there is none.',
  args: z.object({ name, ...serverArguments, return_password: returnPassword }),
  examples: ["'*' postgres.role_get postgres"],
  run: async (args, context) => (await listRoles(context, args, args.return_password)).get(args.name) ?? null,
});

export const userExists = defineFunction({
  name: 'postgres.user_exists',
  summary: 'Whether a server has a role.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.user_exists 'username'"],
  run: async (args, context) => hasRole(context, args, args.name),
});

async function hasRole(context: FunctionContext, given: ServerGiven, role: string): Promise<boolean> {
  return (
    (await queryRows(context, given, `SELECT 1 AS one FROM pg_roles WHERE rolname = ${quoteText(role)}`)).length > 0
  );
}

async function listRoles(
  context: FunctionContext,
  given: ServerGiven,
  hasPassword: boolean,
): Promise<ReadonlyMap<string, Plain>> {
  const password = hasPassword ? ', (SELECT rolpassword FROM pg_authid WHERE oid = r.oid) AS password' : '';
  const query = `SELECT r.*, to_char(rolvaliduntil, 'YYYY-MM-DD"T"HH24:MI:SS') AS until, (SELECT json_agg(g.rolname) FROM
    pg_auth_members JOIN pg_roles g ON roleid = g.oid WHERE member = r.oid) AS groups${password} FROM pg_roles r`;
  const rows = await queryRows(context, given, query);
  return new Map(
    rows.map((row): [string, Plain] => {
      const is = (column: string): boolean => row[column] === 't';
      return [
        row['rolname'] ?? '',
        {
          superuser: is('rolsuper'),
          'inherits privileges': is('rolinherit'),
          'can create roles': is('rolcreaterole'),
          'can create databases': is('rolcreatedb'),
          'can update system catalogs': null,
          'can login': is('rolcanlogin'),
          replication: is('rolreplication'),
          // Salt reads a number as a flag here and always tells null.
          connections: null,
          'expiry time': row['until'] === '' ? null : row['until'],
          'defaults variables': row['rolconfig'],
          ...(hasPassword ? { password: row['password'] } : {}),
          groups: row['groups'] === '' ? [] : (JSON.parse(row['groups'] ?? '[]') as readonly string[]),
        },
      ];
    }),
  );
}

type RoleGiven = ServerGiven &
  z.infer<z.ZodObject<typeof roleFlags>> & { readonly groups: readonly string[] | undefined };

const words = {
  inherit: 'INHERIT',
  createdb: 'CREATEDB',
  createroles: 'CREATEROLE',
  superuser: 'SUPERUSER',
  replication: 'REPLICATION',
  login: 'LOGIN',
} as const;

async function roleStatement(context: FunctionContext, given: RoleGiven, role: string, verb: string): Promise<string> {
  const flags = Object.entries(words).flatMap(([argument, word]) => {
    const wanted = given[argument as keyof typeof words];
    return wanted === undefined ? [] : [wanted ? word : `NO${word}`];
  });
  const kind = given.rolepassword === undefined ? '' : await passwordKind(context, given);
  const options = [
    ...flags,
    ...(given.connlimit === undefined ? [] : [`CONNECTION LIMIT ${given.connlimit}`]),
    ...(given.rolepassword === undefined ? [] : [`PASSWORD ${quoteText(hashFor(role, given.rolepassword, kind))}`]),
    ...(given.valid_until === undefined ? [] : [`VALID UNTIL ${quoteText(given.valid_until)}`]),
  ];
  const grants = (given.groups ?? []).map((group) => `GRANT ${quoteName(group)} TO ${quoteName(role)}`);
  const suffix = options.length === 0 ? '' : ` WITH ${options.join(' ')}`;
  return [`${verb} ROLE ${quoteName(role)}${suffix}`, ...grants].join(';\n');
}

async function passwordKind(context: FunctionContext, given: ServerGiven): Promise<string> {
  const [row] = await queryRows(context, given, "SELECT current_setting('password_encryption') AS kind");
  return row?.['kind'] ?? 'md5';
}

const groups = optional(commaList()).describe('Roles it is a member of.');

// Salt's orders: each of them is another.
const places = 'user host port maintenance_db password createdb createroles';
const creationOrder = {
  user: `username ${places} inherit login connlimit encrypted superuser replication rolepassword valid_until groups runas`,
  group: `groupname ${places} encrypted login inherit superuser replication rolepassword groups runas`,
};
const updateOrder = {
  user: `username ${places} encrypted superuser inherit login connlimit replication rolepassword valid_until groups runas`,
  group: `groupname ${places} encrypted inherit login superuser replication rolepassword groups runas`,
};

export const userCreate = creation('user', 'Makes a role that may log in', { inherit: true, login: true });
export const groupCreate = creation('group', 'Makes a role that may not log in', { inherit: true, login: false });
export const userUpdate = updating('user', { inherit: true, login: true });
export const groupUpdate = updating('group', { inherit: true, login: false });
export const userRemove = removal('user');
export const groupRemove = removal('group');

interface RoleStandard {
  readonly inherit: boolean;
  readonly login: boolean;
}

function roleArguments(kind: 'user' | 'group') {
  return { [`${kind}name`]: name, ...serverArguments, ...roleFlags, groups };
}

function creation(kind: 'user' | 'group', summary: string, standard: RoleStandard): FunctionDeclaration {
  return defineFunction({
    name: `postgres.${kind}_create`,
    summary: `${summary}; answers whether that went well, false when it is there.`,
    args: z.object(inOrder(roleArguments(kind), creationOrder[kind])),
    examples: [`'*' postgres.${kind}_create '${kind}name' createdb=True rolepassword='rolepassword'`],
    async run(args, context) {
      const given = args as unknown as RoleGiven;
      const role = roleOf(args, kind);
      if (await hasRole(context, given, role)) return false;
      const chosen = { ...given, inherit: given.inherit ?? standard.inherit, login: given.login ?? standard.login };
      return execute(context, given, await roleStatement(context, chosen, role, 'CREATE'));
    },
  });
}

function updating(kind: 'user' | 'group', standard: RoleStandard): FunctionDeclaration {
  return defineFunction({
    name: `postgres.${kind}_update`,
    summary: 'Changes a role; answers whether that went well, false when there is none.',
    args: z.object(inOrder(roleArguments(kind), updateOrder[kind])),
    examples: [`'*' postgres.${kind}_update '${kind}name' createdb=True`],
    async run(args, context) {
      const given = args as unknown as RoleGiven;
      const role = roleOf(args, kind);
      if (!(await hasRole(context, given, role))) return false;
      const chosen = { ...given, inherit: given.inherit ?? standard.inherit, login: given.login ?? standard.login };
      return execute(context, given, await roleStatement(context, chosen, role, 'ALTER'));
    },
  });
}

function removal(kind: 'user' | 'group'): FunctionDeclaration {
  return defineFunction({
    name: `postgres.${kind}_remove`,
    summary: 'Removes a role; answers whether that went well, false when there is none.',
    args: z.object({ [`${kind}name`]: name, ...serverArguments }),
    examples: [`'*' postgres.${kind}_remove '${kind}name'`],
    async run(args, context) {
      const given = args as unknown as ServerGiven;
      const role = roleOf(args, kind);
      if (!(await hasRole(context, given, role))) return false;
      return execute(context, given, `DROP ROLE ${quoteName(role)}`);
    },
  });
}

function roleOf(args: Readonly<Record<string, unknown>>, kind: 'user' | 'group'): string {
  return String(args[`${kind}name`]);
}
