import type { CheckOutcome } from '@brine/common';
import {
  commaList,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { changePostgres, lookPostgres, noteUnreached, type PostgresLook } from './postgres-object.ts';
import { postgresArguments, quoteName, quoteText, type PostgresServer } from './postgres.ts';

/** The arguments of `postgres_privileges` states. */
export const privilegeArguments = {
  name: lineText().describe('The role, or public.'),
  object_name: lineText().describe('What the rights are for; ALL for all tables or sequences of the schema.'),
  object_type: lineText().describe(
    'Its kind: table, sequence, schema, database, tablespace, language, function, or group for membership in a role.',
  ),
  privileges: optional(commaList()).describe('The rights, e.g. SELECT; ALL for all there are.'),
  prepend: withDefault(lineText(), 'public').describe('The schema of tables, sequences and functions.'),
  ...postgresArguments,
};

/** The argument of `present` alone. */
export const grantOptionArgument = withDefault(flag(), false).describe('Whether the role may hand the rights on.');

/** What a state of privileges was given. */
export interface PrivilegeWish extends PostgresServer {
  readonly name: string;
  readonly object_name: string;
  readonly object_type: string;
  readonly privileges: readonly string[] | undefined;
  readonly prepend: string;
  readonly grant_option?: boolean;
}

interface Kind {
  readonly all: readonly string[];
  /** As GRANT names it. */
  readonly word: string;
  /** Rows of the lists of rights of what has the name; `default` is what acldefault calls the kind. */
  readonly from: (wish: PrivilegeWish) => string;
}

const everyTable = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'];

function relation(kinds: string, letter: string): Kind['from'] {
  return ({ object_name: name, prepend }) => {
    const named = name.toUpperCase() === 'ALL' ? '' : ` AND o.relname = ${quoteText(name)}`;
    return `SELECT coalesce(o.relacl, acldefault('${letter}', o.relowner)) AS acl FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace WHERE o.relkind IN (${kinds}) AND n.nspname = ${quoteText(prepend)}${named}`;
  };
}

function named(table: string, column: string, letter: string): Kind['from'] {
  const [owner, acl] = [`${column.slice(0, 3)}owner`, `${column.slice(0, 3)}acl`];
  const holder = table === 'pg_database' ? 'datdba' : owner;
  return ({ object_name: name }) =>
    `SELECT coalesce(${acl}, acldefault('${letter}', ${holder})) AS acl FROM ${table} WHERE ${column} = ${quoteText(name)}`;
}

const kinds: Readonly<Record<string, Kind>> = {
  table: { all: everyTable, word: 'TABLE', from: relation("'r','v','m','f','p'", 'r') },
  sequence: { all: ['USAGE', 'SELECT', 'UPDATE'], word: 'SEQUENCE', from: relation("'S'", 's') },
  schema: { all: ['CREATE', 'USAGE'], word: 'SCHEMA', from: named('pg_namespace', 'nspname', 'n') },
  database: { all: ['CREATE', 'CONNECT', 'TEMPORARY'], word: 'DATABASE', from: named('pg_database', 'datname', 'd') },
  tablespace: { all: ['CREATE'], word: 'TABLESPACE', from: named('pg_tablespace', 'spcname', 't') },
  language: { all: ['USAGE'], word: 'LANGUAGE', from: named('pg_language', 'lanname', 'l') },
  function: {
    all: ['EXECUTE'],
    word: 'FUNCTION',
    from: ({ object_name: name, prepend }) =>
      `SELECT coalesce(proacl, acldefault('f', proowner)) AS acl FROM pg_proc WHERE oid = to_regprocedure(${quoteText(`${quoteName(prepend)}.${name}`)})`,
  },
};

/** Compares a role with having rights, or lacking them. */
export async function checkPrivileges(
  wish: PrivilegeWish,
  isWanted: boolean,
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  const type = wish.object_type.toLowerCase();
  if (type === 'group') return checkMembership(wish, isWanted, host);
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (kind === undefined)
    return fails(
      `Invalid object_type: ${wish.object_type} provided. object_type may be ${Object.keys(kinds).join(', ')} or group.`,
    );
  const wanted = wantedRights(wish, kind);
  const odd = wanted.find((right) => !kind.all.includes(right));
  if (wanted.length === 0 || odd !== undefined)
    return fails(`Invalid privilege(s): ${odd ?? ''} provided for object ${wish.object_name}`);
  const look = await lookPostgres(host, wish, rightsQuery(wish, kind));
  if (typeof look === 'string') return fails(look);
  const shown = (wish.privileges ?? []).join(',');
  if (look.unreached !== undefined) return unlooked(isWanted, look, grant(wish, { isWanted, kind, wanted, shown }));
  const held = readRights(wish, look);
  if (typeof held === 'string') return fails(held);
  return compare(wish, { isWanted, kind, wanted, shown }, held);
}

// What cannot be looked at is foretold to be granted; that there is nothing to take away, nobody knows.
function unlooked(isWanted: boolean, look: PostgresLook, outcome: CheckOutcome<Host>): CheckOutcome<Host> {
  return isWanted ? noteUnreached(outcome, look) : fails(look.unreached ?? '');
}

/** What the role has on each object of the name, or what is wrong. */
function readRights(wish: PrivilegeWish, { rows }: PostgresLook): readonly string[] | string {
  const [count = '0', ...held] = (rows[0]?.[0] ?? '0').split(';');
  const isMissing = count === '0' && wish.object_name.toUpperCase() !== 'ALL';
  return isMissing ? `Object ${wish.object_name} does not exist` : held;
}

function wantedRights({ privileges = [] }: PrivilegeWish, { all }: Kind): readonly string[] {
  const rights = privileges.map((right) => (/^TEMP$/i.test(right) ? 'TEMPORARY' : right.toUpperCase()));
  return rights.includes('ALL') ? all : rights;
}

// One row: how many objects there are, then what the role has on each, e.g. `2;SELECT:false,INSERT:true;`.
function rightsQuery(wish: PrivilegeWish, kind: Kind): string {
  const isPublic = wish.name.toLowerCase() === 'public';
  const who = isPublic ? '0' : `(SELECT oid FROM pg_roles WHERE rolname = ${quoteText(wish.name)})`;
  const rights = `SELECT string_agg(x.privilege_type || ':' || x.is_grantable, ',') FROM aclexplode(o.acl) x WHERE x.grantee = ${who}`;
  const held = `SELECT coalesce((${rights}), '') AS held FROM (${kind.from(wish)}) o`;
  return `SELECT count(*) || ';' || coalesce(string_agg(h.held, ';'), '') FROM (${held}) h`;
}

interface Comparison {
  readonly isWanted: boolean;
  readonly kind: Kind;
  readonly wanted: readonly string[];
  readonly shown: string;
}

function compare(wish: PrivilegeWish, comparison: Comparison, held: readonly string[]): CheckOutcome<Host> {
  const { isWanted, wanted } = comparison;
  const needsOption = isWanted && wish.grant_option === true;
  const has = (list: string, right: string): boolean =>
    list.split(',').some((each) => each === `${right}:true` || (!needsOption && each === `${right}:false`));
  const isSettled = isWanted
    ? held.every((list) => wanted.every((right) => has(list, right)))
    : held.every((list) => !wanted.some((right) => has(list, right)));
  return isSettled ? settled(isWanted) : grant(wish, comparison);
}

function grant(wish: PrivilegeWish, { isWanted, kind, wanted, shown }: Comparison): CheckOutcome<Host> {
  const needsOption = isWanted && wish.grant_option === true;
  const rights = wanted.length === kind.all.length ? 'ALL' : wanted.join(', ');
  const role = wish.name.toLowerCase() === 'public' ? 'PUBLIC' : quoteName(wish.name);
  const verb = isWanted ? `GRANT ${rights}` : `REVOKE ${rights}`;
  const end = isWanted ? `TO ${role}${needsOption ? ' WITH GRANT OPTION' : ''}` : `FROM ${role}`;
  return conclude(wish, { isWanted, shown, statement: `${verb} ON ${objectOf(wish, kind)} ${end}` });
}

function objectOf({ object_name: name, prepend }: PrivilegeWish, { word }: Kind): string {
  const isInSchema = ['TABLE', 'SEQUENCE', 'FUNCTION'].includes(word);
  if (isInSchema && name.toUpperCase() === 'ALL') return `ALL ${word}S IN SCHEMA ${quoteName(prepend)}`;
  // The name of a function has its arguments behind it, which are types and not quoted.
  if (word === 'FUNCTION') return `FUNCTION ${quoteName(prepend)}.${name}`;
  return `${word} ${isInSchema ? `${quoteName(prepend)}.` : ''}${quoteName(name)}`;
}

async function checkMembership(wish: PrivilegeWish, isWanted: boolean, host: ReadHost): Promise<CheckOutcome<Host>> {
  const option = isWanted && wish.grant_option === true ? ' AND m.admin_option' : '';
  const sql = `SELECT 1 FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE g.rolname = ${quoteText(wish.object_name)} AND r.rolname = ${quoteText(wish.name)}${option}`;
  const look = await lookPostgres(host, wish, sql);
  if (typeof look === 'string') return fails(look);
  const [group, role] = [quoteName(wish.object_name), quoteName(wish.name)];
  const statement = isWanted
    ? `GRANT ${group} TO ${role}${option === '' ? '' : ' WITH ADMIN OPTION'}`
    : `REVOKE ${group} FROM ${role}`;
  const outcome = conclude(wish, { isWanted, shown: wish.object_name, statement });
  if (look.unreached !== undefined) return unlooked(isWanted, look, outcome);
  return look.rows.length > 0 === isWanted ? settled(isWanted) : outcome;
}

function settled(isWanted: boolean): CheckOutcome<Host> {
  return isOk(
    isWanted
      ? 'The requested privilege(s) are already set'
      : 'The requested privilege(s) are not set so cannot be revoked',
  );
}

function conclude(
  wish: PrivilegeWish,
  found: {
    readonly isWanted: boolean;
    readonly shown: string;
    readonly statement: string;
  },
): CheckOutcome<Host> {
  const { isWanted, shown, statement } = found;
  const { name } = wish;
  return changePostgres(wish, {
    name,
    pending: `The privilege(s): ${shown} are set to be ${isWanted ? 'granted to' : 'revoked from'} ${name}`,
    statements: [statement],
    done: `The privilege(s): ${shown} have been ${isWanted ? 'granted to' : 'revoked from'} ${name}`,
    change: isWanted ? 'Present' : 'Absent',
    failure: `Failed to ${isWanted ? 'grant' : 'revoke'} privilege(s): ${shown} ${isWanted ? 'to' : 'from'} ${name}`,
  });
}
