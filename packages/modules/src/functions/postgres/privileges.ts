import { z } from 'zod';
import { flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteName, quoteText } from '../../providers/databases/postgres.ts';
import { failure } from '../failure.ts';
import { objectKinds, requireKind } from './privilege-kinds.ts';
import { execute, queryRows, serverArguments, type ServerGiven } from './server.ts';

const { user, host, port, maintenance_db, password, runas } = serverArguments;
const server = { maintenance_db, user, host, port, password, runas };
const object_type = lineText().describe(
  `Its kind: ${Object.keys(objectKinds).join(', ')}, or group for members of it.`,
);
const prepend = withDefault(lineText(), 'public').describe('The schema of tables, sequences and functions.');
const wish = {
  name: lineText().describe('The role.'),
  object_name: lineText().describe('What the rights are for; ALL for all tables or sequences of the schema.'),
  object_type,
  privileges: optional(lineText()).describe('The rights, separated by commas; ALL for all there are.'),
};
const grant_option = optional(flag()).describe('Whether the role may hand the rights on.');

type Rights = Readonly<Record<string, boolean>>;

interface ObjectGiven extends ServerGiven {
  readonly object_type: string;
  readonly prepend: string;
}

interface Wish extends ObjectGiven {
  readonly name: string;
  readonly object_name: string;
  readonly privileges: string | undefined;
  readonly grant_option?: boolean | undefined;
}

export const privilegesList = defineFunction({
  name: 'postgres.privileges_list',
  summary: 'Who has which rights on something, and whether they may hand them on; members of a group.',
  args: z.object({ name: lineText().describe('What the rights are for.'), object_type, prepend, ...server }),
  examples: ["'*' postgres.privileges_list table_name table maintenance_db=db_name"],
  run: async (args, context) => listPrivileges(context, args.name, args),
});

export const hasPrivileges = defineFunction({
  name: 'postgres.has_privileges',
  summary: 'Whether a role has rights on something. An owner has them all.',
  args: z.object({ ...wish, grant_option, prepend, ...server }),
  examples: ["'*' postgres.has_privileges user_name table_name table SELECT,INSERT maintenance_db=db_name"],
  run: async (args, context) => has(context, args, wantedRights(args)),
});

export const privilegesGrant = defineFunction({
  name: 'postgres.privileges_grant',
  summary: 'Gives a role rights; false when it has them, or when that went wrong.',
  args: z.object({ ...wish, grant_option, prepend, ...server }),
  examples: ["'*' postgres.privileges_grant user_name table_name table SELECT,UPDATE maintenance_db=db_name"],
  async run(args, context) {
    const rights = wantedRights(args);
    if (await has(context, { ...args, grant_option: undefined }, rights)) return false;
    const isGroup = args.object_type.toLowerCase() === 'group';
    const what = isGroup ? quoteName(args.object_name) : `${rights.join(',')} ON ${place(args)}`;
    const option = isGroup ? ' WITH ADMIN OPTION' : ' WITH GRANT OPTION';
    return execute(context, args, `GRANT ${what} TO ${role(args.name)}${args.grant_option === true ? option : ''}`);
  },
});

export const privilegesRevoke = defineFunction({
  name: 'postgres.privileges_revoke',
  summary: 'Takes rights from a role; false when it has them not, or when that went wrong.',
  args: z.object({ ...wish, prepend, ...server }),
  examples: ["'*' postgres.privileges_revoke user_name table_name table SELECT,UPDATE maintenance_db=db_name"],
  async run(args, context) {
    const rights = wantedRights(args);
    if (!(await has(context, args, rights))) return false;
    const isGroup = args.object_type.toLowerCase() === 'group';
    const what = isGroup ? quoteName(args.object_name) : `${rights.join(',')} ON ${place(args)}`;
    return execute(context, args, `REVOKE ${what} FROM ${role(args.name)}`);
  },
});

function wantedRights({ object_type: type, privileges = '' }: Wish): readonly string[] {
  if (type.toLowerCase() === 'group') {
    if (privileges !== '') throw failure('The privileges option should not be set for object_type group');
    return [];
  }
  const rights = privileges.toUpperCase().split(/\s?,\s?/);
  const { rights: all } = requireKind(type);
  if (rights.every((right) => right === 'ALL' || all.includes(right))) return rights;
  throw failure(`Invalid privilege(s): ${privileges} provided for object ${type.toLowerCase()}`);
}

async function has(context: FunctionContext, given: Wish, rights: readonly string[]): Promise<boolean> {
  const isGroup = given.object_type.toLowerCase() === 'group';
  if (!isGroup && (await ownerOf(context, given)) === given.name) return true;
  const held = (await listPrivileges(context, given.object_name, given))[given.name];
  if (held === undefined) return false;
  if (typeof held === 'boolean') return given.grant_option === true ? held : true;
  const all = requireKind(given.object_type).rights;
  if (given.grant_option === true) return all.every((right) => held[right] === true);
  return (rights.includes('ALL') ? all : rights).every((right) => Object.hasOwn(held, right));
}

async function ownerOf(context: FunctionContext, given: Wish): Promise<string | undefined> {
  const { from, owner } = requireKind(given.object_type);
  const query = `SELECT pg_get_userbyid(${owner}) AS name ${from(quoteText(given.object_name), quoteText(given.prepend))}`;
  return (await queryRows(context, given, query))[0]?.['name'];
}

async function listPrivileges(
  context: FunctionContext,
  name: string,
  given: ObjectGiven,
): Promise<Record<string, Rights | boolean>> {
  if (given.object_type.toLowerCase() === 'group') return listMembers(context, name, given);
  const { from, acl } = requireKind(given.object_type);
  const who = "CASE WHEN x.grantee = 0 THEN 'public' ELSE pg_get_userbyid(x.grantee) END";
  const query = `SELECT ${who} AS role, x.privilege_type AS privilege, x.is_grantable AS option
    FROM (SELECT ${acl} AS acl ${from(quoteText(name), quoteText(given.prepend))}) o, aclexplode(o.acl) x`;
  const held: Record<string, Record<string, boolean>> = {};
  for (const row of await queryRows(context, given, query)) {
    (held[row['role'] ?? ''] ??= {})[row['privilege'] ?? ''] = row['option'] === 't';
  }
  return held;
}

async function listMembers(
  context: FunctionContext,
  name: string,
  given: ServerGiven,
): Promise<Record<string, boolean>> {
  const query = `SELECT rolname, admin_option FROM pg_auth_members m JOIN pg_roles r ON m.member = r.oid
    WHERE m.roleid IN (SELECT oid FROM pg_roles WHERE rolname = ${quoteText(name)}) ORDER BY rolname`;
  const rows = await queryRows(context, given, query);
  return Object.fromEntries(rows.map((row) => [row['rolname'] ?? '', row['admin_option'] === 't']));
}

function place({ object_name: name, object_type: given, prepend: schema }: Wish): string {
  const type = given.toLowerCase();
  const word = type.toUpperCase();
  const isRelation = type === 'table' || type === 'sequence';
  if (isRelation && name.toUpperCase() === 'ALL') return `ALL ${word}S IN SCHEMA ${quoteName(schema)}`;
  if (isRelation) return `${word} ${quoteName(schema)}.${quoteName(name)}`;
  return `${word} ${type === 'function' ? functionName(name) : quoteName(name)}`;
}

// A function is named with its arguments; what has another form could be a further statement.
function functionName(name: string): string {
  if (/^[\w."]+\([\w\s,."[\]]*\)$/.test(name)) return name;
  throw failure(`${name} is no function with its arguments, e.g. lower(text)`);
}

function role(name: string): string {
  return name.toLowerCase() === 'public' ? 'PUBLIC' : quoteName(name);
}
