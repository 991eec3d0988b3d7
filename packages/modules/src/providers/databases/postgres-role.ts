import type { Applied, CheckOutcome, Plain } from '@brine/common';
import {
  argument,
  commaList,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
  secret,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { checkExistence, lookPostgres, noteUnreached } from './postgres-object.ts';
import {
  askPostgres,
  fitsHash,
  hashFor,
  postgresArguments,
  quoteName,
  quoteText,
  runPostgres,
  type PostgresServer,
} from './postgres.ts';

/** A role's flags: argument → column of `pg_authid` and word of SQL. */
const flags = {
  createdb: ['rolcreatedb', 'CREATEDB'],
  createroles: ['rolcreaterole', 'CREATEROLE'],
  superuser: ['rolsuper', 'SUPERUSER'],
  replication: ['rolreplication', 'REPLICATION'],
  inherit: ['rolinherit', 'INHERIT'],
  login: ['rolcanlogin', 'LOGIN'],
} as const;
type Flag = keyof typeof flags;

const encryption = argument<boolean | string>('true, false, md5 or scram-sha-256', (value) => {
  if (typeof value === 'boolean') return value;
  return value === 'md5' || value === 'scram-sha-256' ? value : undefined;
});

/** The arguments that `postgres_user.present` and `postgres_group.present` share, but for `name`. */
export const roleArguments = {
  createdb: optional(flag()).describe('Whether it may make databases.'),
  createroles: optional(flag()).describe('Whether it may make roles.'),
  encrypted: optional(encryption).describe(
    'How its password is hashed: md5 or scram-sha-256; as the server does unless given.',
  ),
  superuser: optional(flag()).describe('Whether it may do everything.'),
  replication: optional(flag()).describe('Whether it may replicate.'),
  inherit: optional(flag()).describe('Whether it has the privileges of its groups.'),
  password: secret(optional(lineText())).describe('Its password, or the hash of it.'),
  refresh_password: withDefault(flag(), false).describe('Whether the password is set each time, unlooked.'),
  groups: optional(commaList()).describe('Roles it is a member of.'),
  ...postgresArguments,
};

/** What a role is called: those that log in are users. */
export interface RoleKind {
  readonly title: 'User' | 'Group';
}

/** Compares a server with having a role. */
export async function checkRole(request: RoleRequest, kind: RoleKind, host: ReadHost): Promise<CheckOutcome<Host>> {
  const look = await lookPostgres(host, request, roleQuery(request));
  if (typeof look === 'string') return fails(look);
  const [row] = look.rows;
  return row === undefined ? noteUnreached(create(request, kind), look) : change(request, readRole(row), kind);
}

/** Compares a server with lacking a role. */
export async function checkNoRole(
  request: PostgresServer & { readonly name: string },
  { title }: RoleKind,
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  const { name } = request;
  return checkExistence({ host, server: request }, `SELECT 1 FROM pg_roles WHERE rolname = ${quoteText(name)}`, {
    isWanted: false,
    name,
    settled: `${title} ${name} is not present, so it cannot be removed`,
    pending: `${title} ${name} is set to be removed`,
    statements: [`DROP ROLE ${quoteName(name)}`],
    done: `${title} ${name} has been removed`,
    change: 'Absent',
    failure: `${title} ${name} failed to be removed`,
  });
}

/** What a state of a role was given. */
export interface RoleRequest extends PostgresServer, Readonly<Record<Flag, boolean | undefined>> {
  readonly name: string;
  readonly encrypted: boolean | string | undefined;
  readonly password: string | undefined;
  readonly default_password: string | undefined;
  readonly refresh_password: boolean;
  readonly valid_until: string | undefined;
  readonly groups: readonly string[] | undefined;
}

interface Role {
  readonly flags: Readonly<Record<Flag, boolean>>;
  readonly password: string;
  readonly isValidUntil: boolean;
  readonly groups: readonly string[];
}

function roleQuery(request: RoleRequest): string {
  const until = request.valid_until;
  const columns = [
    ...Object.values(flags).map(([column]) => column),
    `coalesce(rolpassword, '')`,
    until === undefined ? 'true' : `coalesce(rolvaliduntil = ${quoteText(until)}::timestamptz, false)`,
    `(SELECT coalesce(string_agg(g.rolname, ','), '') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)`,
  ];
  return `SELECT ${columns.join(', ')} FROM pg_authid r WHERE rolname = ${quoteText(request.name)}`;
}

function readRole(row: readonly string[]): Role {
  const names = Object.keys(flags) as Flag[];
  const isSet = Object.fromEntries(names.map((name, index) => [name, row[index] === 't'])) as Record<Flag, boolean>;
  const [password = '', valid = 't', groups = ''] = row.slice(names.length);
  return { flags: isSet, password, isValidUntil: valid === 't', groups: groups.split(',') };
}

function create(request: RoleRequest, kind: RoleKind): CheckOutcome<Host> {
  const { name } = request;
  const password = request.password ?? request.default_password;
  const wanted = { ...request, login: request.login ?? kind.title === 'User' };
  const title = kind.title;
  const changes = { [name]: 'Present' };
  return willChange({ comment: `${title} ${name} is set to be created`, changes }, (machine) =>
    attempt(`Failed to create ${title.toLowerCase()} ${name}`, async () => {
      const words = await attributeWords(machine, wanted, { password, keys: Object.keys(flags) as Flag[] });
      await runPostgres(machine, request, `CREATE ROLE ${quoteName(name)} WITH ${words.join(' ')}`);
      await grantGroups(machine, request, request.groups ?? []);
      return { comment: `The ${title.toLowerCase()} ${name} has been created`, changes };
    }),
  );
}

function change(request: RoleRequest, role: Role, { title }: RoleKind): CheckOutcome<Host> {
  const { name, password, groups } = request;
  const keys = (Object.keys(flags) as Flag[]).filter(
    (key) => request[key] !== undefined && request[key] !== role.flags[key],
  );
  const setsPassword = password !== undefined && (request.refresh_password || !fitsHash(name, password, role.password));
  const missing = (groups ?? []).filter((group) => !role.groups.includes(group));
  const update: Record<string, Plain> = {
    ...Object.fromEntries(keys.map((key) => [key, request[key] === true])),
    ...(setsPassword ? { password: true } : {}),
    ...(role.isValidUntil ? {} : { valid_until: request.valid_until }),
    ...(missing.length === 0 ? {} : { groups: missing }),
  };
  if (Object.keys(update).length === 0) return isOk(`${title} ${name} is already present`);
  const changes = { [name]: update };
  return willChange({ comment: `${title} ${name} is set to be updated`, changes }, (machine) =>
    attempt(`Failed to update ${title.toLowerCase()} ${name}`, async (): Promise<Applied> => {
      const words = await attributeWords(machine, request, { password: setsPassword ? password : undefined, keys });
      if (words.length > 0)
        await runPostgres(machine, request, `ALTER ROLE ${quoteName(name)} WITH ${words.join(' ')}`);
      await grantGroups(machine, request, missing);
      return { comment: `The ${title.toLowerCase()} ${name} has been updated`, changes };
    }),
  );
}

async function attributeWords(
  machine: Host,
  request: RoleRequest,
  { password, keys }: { readonly password: string | undefined; readonly keys: readonly Flag[] },
): Promise<readonly string[]> {
  const given = keys.filter((key) => request[key] !== undefined);
  const words = given.map((key) => (request[key] === true ? '' : 'NO') + flags[key][1]);
  if (password !== undefined) words.push(`PASSWORD ${quoteText(await storedPassword(machine, request, password))}`);
  if (request.valid_until !== undefined) words.push(`VALID UNTIL ${quoteText(request.valid_until)}`);
  return words;
}

// The hash is made here, so that the password itself is in no log of the server.
async function storedPassword(machine: Host, request: RoleRequest, password: string): Promise<string> {
  const { name, encrypted } = request;
  if (encrypted === false) return password;
  if (typeof encrypted === 'string') return hashFor(name, password, encrypted);
  const [row] = await askPostgres(machine, request, 'SHOW password_encryption');
  return hashFor(name, password, row?.[0] ?? 'md5');
}

async function grantGroups(machine: Host, request: RoleRequest, groups: readonly string[]): Promise<void> {
  for (const group of groups)
    await runPostgres(machine, request, `GRANT ${quoteName(group)} TO ${quoteName(request.name)}`);
}
