import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { absent as databaseAbsent } from '../postgres-database/absent.ts';
import { present as databasePresent } from '../postgres-database/present.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';

interface Role {
  readonly createdb: boolean;
  readonly password: string;
  readonly groups: readonly string[];
}

type Roles = Readonly<Record<string, Role>>;
type Databases = Readonly<Record<string, string>>;

const named = /"([^"]+)"/g;

function rolesOf(machine: FakeHost): Roles {
  return machine.facts.get('roles') as Roles;
}

function databasesOf(machine: FakeHost): Databases {
  return machine.facts.get('databases') as Databases;
}

/** A server that knows roles and databases by the few statements of these states. */
const psql: FakeProgram = (_, machine, { input }) => {
  const sql = String(input).replace('BEGIN READ ONLY;\n', '').split(';\n')[0] ?? '';
  if (sql === 'SHOW password_encryption') return 'md5\n';
  if (sql.startsWith('SELECT')) return select(sql, /'([^']+)'$/.exec(sql)?.[1] ?? '', machine);
  return sql.includes('DATABASE') ? changeDatabase(sql, machine) : changeRole(sql, machine);
};

function select(sql: string, name: string, machine: FakeHost): string {
  const role = rolesOf(machine)[name];
  const owner = databasesOf(machine)[name];
  if (sql.includes('FROM pg_authid')) return showRole(role);
  if (sql.includes('FROM pg_roles')) return role === undefined ? '' : '1\n';
  if (owner === undefined) return '';
  return sql.includes('pg_tablespace')
    ? `${[owner, 'UTF8', 'C.UTF-8', 'C.UTF-8', 'pg_default'].join('\x1f')}\n`
    : '1\n';
}

function showRole(role: Role | undefined): string {
  if (role === undefined) return '';
  const flags = [role.createdb ? 't' : 'f', 'f', 'f', 'f', 't', 't'];
  return [...flags, role.password, 't', role.groups.join(',')].join('\x1f') + '\n';
}

function changeDatabase(sql: string, machine: FakeHost): string {
  const [name = '', owner = 'postgres'] = [...sql.matchAll(named)].map(([, word = '']) => word);
  const left = Object.entries(databasesOf(machine)).filter(([one]) => one !== name);
  machine.facts.set('databases', Object.fromEntries(sql.startsWith('DROP') ? left : [...left, [name, owner]]));
  return '';
}

function changeRole(sql: string, machine: FakeHost): string {
  const [first = '', second = ''] = [...sql.matchAll(named)].map(([, word = '']) => word);
  const name = sql.startsWith('GRANT') ? second : first;
  const old = rolesOf(machine)[name] ?? { createdb: false, password: '', groups: [] };
  const password = /PASSWORD '([^']+)'/.exec(sql)?.[1] ?? old.password;
  const createdb = sql.includes('NOCREATEDB') ? false : sql.includes('CREATEDB') || old.createdb;
  const role = { createdb, password, groups: sql.startsWith('GRANT') ? [...old.groups, first] : old.groups };
  const left = Object.entries(rolesOf(machine)).filter(([one]) => one !== name);
  machine.facts.set('roles', Object.fromEntries(sql.startsWith('DROP') ? left : [...left, [name, role]]));
  return '';
}

const before = {
  programs: { psql },
  facts: {
    roles: { app: { createdb: false, password: 'md54aa40dfdcf1e0e61b4fba2a1a3a8a6fb', groups: ['staff'] } },
    databases: { shop: 'postgres' },
  },
};

describeState(present, [
  {
    title: 'makes a role with a hashed password and its groups',
    before,
    arguments: { name: 'new', password: 'secret', createdb: true, groups: 'staff' },
    pending: { comment: 'User new is set to be created', changes: { new: 'Present' } },
    applied: { comment: 'The user new has been created' },
    verify: (host) => {
      if (rolesOf(host)['new']?.password !== 'md5980a60e3c7b69f3e76dc54cf5ebc21dc')
        throw new Error('it has another hash');
    },
  },
  {
    title: 'changes what differs',
    before,
    arguments: { name: 'app', password: 'other', createdb: true, groups: ['staff', 'ops'] },
    pending: {
      comment: 'User app is set to be updated',
      changes: { app: { createdb: true, password: true, groups: ['ops'] } },
    },
    applied: { comment: 'The user app has been updated' },
  },
  {
    title: 'leaves a role alone whose default password was changed',
    before,
    arguments: { name: 'app', default_password: 'x' },
    ok: 'User app is already present',
  },
  {
    title: 'says why the server refuses',
    before: { programs: { psql: () => ({ exitCode: 3, stderr: 'ERROR:  permission denied for table pg_authid\n' }) } },
    arguments: { name: 'app' },
    fails: 'psql ended with status 3: ERROR:  permission denied for table pg_authid',
  },
  ...['psql: error: connection refused', 'psql: not found'].map((stderr, index) => ({
    title: `foretells for a server that cannot be reached yet: ${stderr}`,
    before: { programs: { psql: () => ({ exitCode: [2, 127][index] ?? 0, stderr }) } },
    arguments: { name: 'app' },
    pending: {
      comment: `User app is set to be created (psql ended with status ${[2, 127][index]}: ${stderr})`,
      changes: { app: 'Present' },
    },
    applied: {
      failed: true,
      changes: {},
      comment: `Failed to create user app: psql ended with status ${[2, 127][index]}: ${stderr}`,
    },
  })),
]);
describeState(absent, [
  {
    title: 'removes a role',
    before,
    arguments: { name: 'app' },
    pending: { comment: 'User app is set to be removed', changes: { app: 'Absent' } },
    applied: { comment: 'User app has been removed' },
  },
  {
    title: 'has nothing to do without the role',
    before,
    arguments: { name: 'x' },
    ok: 'User x is not present, so it cannot be removed',
  },
]);
describeState(absent, [
  {
    title: 'does not say of a server that it lacks a role when it cannot be reached',
    before: { programs: { psql: () => ({ exitCode: 2, stderr: 'psql: error: connection refused' }) } },
    arguments: { name: 'app' },
    fails: 'psql ended with status 2: psql: error: connection refused',
  },
]);
describeState(databasePresent, [
  {
    title: 'makes a database',
    before,
    arguments: { name: 'app', owner: 'app', encoding: 'UTF-8' },
    pending: { comment: 'Database app is set to be created', changes: { app: 'Present' } },
    applied: { comment: 'The database app has been created' },
  },
  {
    title: 'gives a database to another owner',
    before,
    arguments: { name: 'shop', owner: 'app' },
    pending: {
      comment: 'Database shop exists, but parameters need to be changed',
      changes: { shop: 'Parameters changed' },
    },
    applied: { comment: 'Parameters for database shop have been changed' },
  },
  {
    title: 'cannot change an encoding',
    before,
    arguments: { name: 'shop', encoding: 'LATIN1' },
    fails: "Database shop has wrong parameters which couldn't be changed on fly.",
  },
]);
describeState(databaseAbsent, [
  {
    title: 'removes a database',
    before,
    arguments: { name: 'shop' },
    pending: { comment: 'Database shop is set to be removed', changes: { shop: 'Absent' } },
    applied: { comment: 'Database shop has been removed' },
  },
]);
