/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { expect } from 'vitest';
import { absent as databaseAbsent } from '../mysql-database/absent.ts';
import { present as databasePresent } from '../mysql-database/present.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';
import { nativeHash } from '../../providers/databases/mysql.ts';

type Rows = Readonly<Record<string, string>>;

function rowsOf(machine: FakeHost, table: string): Rows {
  return machine.facts.get(table) as Rows;
}

function firstOf(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? '';
}

/** A server that knows accounts and databases by the few statements of these states. */
const mysql: FakeProgram = (_, machine, { input }) => {
  const sql = String(input).replace(/;\n$/, '');
  const [user = '', host = ''] = [...sql.matchAll(/'([^']*)'/g)].map(([, word = '']) => word);
  const account = `${user}@${host}`;
  if (/^(SELECT|SHOW)/.test(sql)) return look(sql, { user, account }, machine);
  if (sql.includes(' USER ')) {
    const hash = nativeHash(firstOf(sql, /IDENTIFIED BY '([^']*)'/));
    return store(machine, { table: 'users', name: account, value: sql.startsWith('DROP') ? undefined : hash });
  }
  const name = firstOf(sql, /`([^`]+)`/);
  const charset = firstOf(sql, /SET (\w+)/);
  return store(machine, { table: 'databases', name, value: sql.startsWith('DROP') ? undefined : charset });
};

function look(sql: string, { user, account }: { user: string; account: string }, machine: FakeHost): string {
  const hash = rowsOf(machine, 'users')[account];
  if (sql.includes('FROM mysql.user')) return hash === undefined ? '' : `${user}\n`;
  if (sql.startsWith('SHOW')) return `CREATE USER x IDENTIFIED BY PASSWORD '${hash ?? ''}'\n`;
  const charset = rowsOf(machine, 'databases')[user];
  return charset === undefined ? '' : `${charset}\t${charset}_general_ci\n`;
}

function store(machine: FakeHost, row: { table: string; name: string; value: string | undefined }): string {
  const left = Object.entries(rowsOf(machine, row.table)).filter(([one]) => one !== row.name);
  const added = row.value === undefined ? [] : [[row.name, row.value] as const];
  machine.facts.set(row.table, Object.fromEntries([...left, ...added]));
  return '';
}

const before = {
  programs: { mysql },
  facts: { users: { 'app@%': nativeHash('old') }, databases: { shop: 'latin1' } },
};

describeState(present, [
  {
    title: 'makes an account',
    before,
    arguments: { name: 'new', host: '10.0.0.%', password: 'secret' },
    pending: { comment: 'User new@10.0.0.% is set to be added', changes: { new: 'Present' } },
    applied: { comment: 'The user new@10.0.0.% has been added' },
  },
  {
    title: 'changes a password',
    before,
    arguments: { name: 'app', host: '%', password: 'secret' },
    pending: { comment: 'Password for user app@% is set to be changed', changes: { app: 'Updated' } },
    applied: { comment: 'Password for user app@% has been changed' },
  },
  {
    title: 'knows a password by its hash',
    before,
    arguments: { name: 'app', host: '%', password_hash: nativeHash('old').toLowerCase() },
    ok: 'User app@% is already present with the desired password hash',
  },
  {
    title: 'wants a password unless told otherwise',
    arguments: { name: 'app' },
    fails: 'Either password or password_hash must be specified, unless allow_passwordless is True',
  },
  {
    title: 'says why the server refuses, without the statement',
    before: {
      programs: {
        mysql: () => ({
          exitCode: 1,
          stderr: "ERROR 1064 (42000) at line 1: You have an error near 'secret' at line 1\n",
        }),
      },
    },
    arguments: { name: 'app', password: 'secret' },
    fails: 'MySQL Error 1064: You have an error at line 1',
  },
]);
describeState(absent, [
  {
    title: 'removes an account',
    before,
    arguments: { name: 'app', host: '%' },
    pending: { comment: 'User app@% is set to be removed', changes: { app: 'Absent' } },
    applied: { comment: 'User app@% has been removed' },
  },
  {
    title: 'has nothing to do without it',
    before,
    arguments: { name: 'x' },
    ok: 'User x@localhost is not present, so it cannot be removed',
  },
]);
describeState(databasePresent, [
  {
    title: 'makes a database',
    before,
    arguments: { name: 'app', character_set: 'utf8mb4' },
    pending: { comment: 'Database app is not present and needs to be created', changes: { app: 'Present' } },
    applied: { comment: 'The database app has been created' },
  },
  {
    title: 'changes a character set',
    before,
    arguments: { name: 'shop', character_set: 'utf8mb4' },
    pending: {
      comment: 'Database shop is going to be updated',
      changes: { character_set: { before: 'latin1', now: 'utf8mb4' } },
    },
    applied: { comment: 'Database shop has been updated' },
  },
]);
describeState(databaseAbsent, [
  {
    title: 'removes a database',
    before,
    arguments: { name: 'shop' },
    pending: { comment: 'Database shop is present and needs to be removed', changes: { shop: 'Absent' } },
    applied: { comment: 'Database shop has been removed' },
  },
]);

/** A server of some version that tells of one account what it was told. */
const pluggable =
  (version: string): FakeProgram =>
  (_, machine, { input }) => {
    const sql = String(input).replace(/;\n$/, '');
    const account = machine.facts.get('account');
    if (sql === 'SELECT VERSION()') return `${version}\n`;
    if (sql.startsWith('SELECT')) return account === undefined ? '' : 'app\n';
    if (sql.startsWith('SHOW')) return `${String(account)}\n`;
    machine.facts.set('account', sql);
    return '';
  };
const told = (host: FakeHost, sql: string): void => expect(host.facts.get('account')).toBe(sql);

describeState(present, [
  {
    title: 'makes an account of MariaDB with a plugin',
    before: { programs: { mysql: pluggable('10.11.4-MariaDB-1') } },
    arguments: { name: 'app', password: 'secret', auth_plugin: 'ed25519' },
    pending: { comment: 'User app@localhost is set to be added', changes: { app: 'Present' } },
    applied: { comment: 'The user app@localhost has been added' },
    verify: (host) => told(host, "CREATE USER 'app'@'localhost' IDENTIFIED VIA ed25519 USING PASSWORD('secret')"),
  },
  {
    title: 'makes an account of MySQL with a plugin and a hash',
    before: { programs: { mysql: pluggable('8.0.36') } },
    arguments: { name: 'app', password_hash: '$A$x', auth_plugin: 'caching_sha2_password' },
    pending: { comment: 'User app@localhost is set to be added', changes: { app: 'Present' } },
    applied: { comment: 'The user app@localhost has been added' },
    verify: (host) => told(host, "CREATE USER 'app'@'localhost' IDENTIFIED WITH 'caching_sha2_password' AS '$A$x'"),
  },
  {
    title: 'lets a local account of MySQL in by the socket',
    before: { programs: { mysql: pluggable('8.0.36') } },
    arguments: { name: 'app', allow_passwordless: true, unix_socket: true },
    pending: {
      comment: 'User app@localhost is set to be added with passwordless login using unix_socket',
      changes: { app: 'Present' },
    },
    applied: { comment: 'The user app@localhost has been added with passwordless login using unix_socket' },
    verify: (host) => told(host, "CREATE USER 'app'@'localhost' IDENTIFIED WITH auth_socket AS 'app'"),
  },
  {
    title: 'cannot check a password of a plugin',
    before: {
      programs: { mysql: pluggable('10.11-MariaDB') },
      facts: { account: "CREATE USER x IDENTIFIED VIA ed25519 USING 'y'" },
    },
    arguments: { name: 'app', password: 'secret', auth_plugin: 'ed25519' },
    ok: 'User app@localhost is already present. Unable to verify password.',
  },
  {
    title: 'refuses what is no plugin',
    arguments: { name: 'app', password: 'x', auth_plugin: "x' OR" },
    fails: "x' OR cannot be the name of a plugin",
  },
]);
