import { isAppError, type Applied, type CheckOutcome, type Plain } from '@brine/common';
import { z } from 'zod';
import {
  argument,
  commaList,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  askPostgres,
  fitsHash,
  hashFor,
  postgresArguments,
  quoteName,
  quoteText,
  runPostgres,
  type PostgresServer,
} from '../../providers/databases/postgres.ts';

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

/** `postgres_user.present` */
export const present = defineState({
  name: 'postgres_user.present',
  summary: 'Keeps a role of PostgreSQL that people and programs log in with.',
  args: z.object({
    name: lineText().describe('The role.'),
    createdb: optional(flag()).describe('Whether it may make databases.'),
    createroles: optional(flag()).describe('Whether it may make roles.'),
    encrypted: optional(encryption).describe(
      'How its password is hashed: md5 or scram-sha-256; as the server does unless given.',
    ),
    superuser: optional(flag()).describe('Whether it may do everything.'),
    replication: optional(flag()).describe('Whether it may replicate.'),
    inherit: optional(flag()).describe('Whether it has the privileges of its groups.'),
    login: optional(flag()).describe('Whether it may log in; a new role may unless told otherwise.'),
    password: optional(lineText()).describe('Its password, or the hash of it.'),
    default_password: optional(lineText()).describe('The password of a role that is made; left alone later.'),
    refresh_password: withDefault(flag(), false).describe('Whether the password is set each time, unlooked.'),
    valid_until: optional(lineText()).describe('When its password ends, as a date and time, or infinity.'),
    groups: optional(commaList()).describe('Roles it is a member of.'),
    ...postgresArguments,
  }),
  examples: [
    `app:
  postgres_user.present:
    - password: change me
    - createdb: false`,
  ],
  async check(args, { host }) {
    try {
      const role = await readRole(host, args);
      return role === undefined ? create(args) : change(args, role);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

interface Request extends PostgresServer, Readonly<Record<Flag, boolean | undefined>> {
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

async function readRole(host: ReadHost, request: Request): Promise<Role | undefined> {
  const until = request.valid_until;
  const columns = [
    ...Object.values(flags).map(([column]) => column),
    `coalesce(rolpassword, '')`,
    until === undefined ? 'true' : `coalesce(rolvaliduntil = ${quoteText(until)}::timestamptz, false)`,
    `(SELECT coalesce(string_agg(g.rolname, ','), '') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid)`,
  ];
  const sql = `SELECT ${columns.join(', ')} FROM pg_authid r WHERE rolname = ${quoteText(request.name)}`;
  const [row] = await askPostgres(host, request, sql);
  if (row === undefined) return undefined;
  const names = Object.keys(flags) as Flag[];
  const isSet = Object.fromEntries(names.map((name, index) => [name, row[index] === 't'])) as Record<Flag, boolean>;
  const [password = '', valid = 't', groups = ''] = row.slice(names.length);
  return { flags: isSet, password, isValidUntil: valid === 't', groups: groups.split(',') };
}

function create(request: Request): CheckOutcome<Host> {
  const { name } = request;
  const password = request.password ?? request.default_password;
  const wanted = { ...request, login: request.login ?? true };
  const changes = { [name]: 'Present' };
  return willChange({ comment: `User ${name} is set to be created`, changes }, (machine) =>
    attempt(`Failed to create user ${name}`, async () => {
      const words = await attributeWords(machine, wanted, { password, keys: Object.keys(flags) as Flag[] });
      await runPostgres(machine, request, `CREATE ROLE ${quoteName(name)} WITH ${words.join(' ')}`);
      await grantGroups(machine, request, request.groups ?? []);
      return { comment: `The user ${name} has been created`, changes };
    }),
  );
}

function change(request: Request, role: Role): CheckOutcome<Host> {
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
  if (Object.keys(update).length === 0) return isOk(`User ${name} is already present`);
  const changes = { [name]: update };
  return willChange({ comment: `User ${name} is set to be updated`, changes }, (machine) =>
    attempt(`Failed to update user ${name}`, async (): Promise<Applied> => {
      const words = await attributeWords(machine, request, { password: setsPassword ? password : undefined, keys });
      if (words.length > 0)
        await runPostgres(machine, request, `ALTER ROLE ${quoteName(name)} WITH ${words.join(' ')}`);
      await grantGroups(machine, request, missing);
      return { comment: `The user ${name} has been updated`, changes };
    }),
  );
}

async function attributeWords(
  machine: Host,
  request: Request,
  { password, keys }: { readonly password: string | undefined; readonly keys: readonly Flag[] },
): Promise<readonly string[]> {
  const given = keys.filter((key) => request[key] !== undefined);
  const words = given.map((key) => (request[key] === true ? '' : 'NO') + flags[key][1]);
  if (password !== undefined) words.push(`PASSWORD ${quoteText(await storedPassword(machine, request, password))}`);
  if (request.valid_until !== undefined) words.push(`VALID UNTIL ${quoteText(request.valid_until)}`);
  return words;
}

// The hash is made here, so that the password itself is in no log of the server.
async function storedPassword(machine: Host, request: Request, password: string): Promise<string> {
  const { name, encrypted } = request;
  if (encrypted === false) return password;
  if (typeof encrypted === 'string') return hashFor(name, password, encrypted);
  const [row] = await askPostgres(machine, request, 'SHOW password_encryption');
  return hashFor(name, password, row?.[0] ?? 'md5');
}

async function grantGroups(machine: Host, request: Request, groups: readonly string[]): Promise<void> {
  for (const group of groups)
    await runPostgres(machine, request, `GRANT ${quoteName(group)} TO ${quoteName(request.name)}`);
}
