/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState, type FakeProgram } from '@brine/testkit';
import { expect } from 'vitest';
import { absent } from './absent.ts';
import { present } from './present.ts';

const mysql: FakeProgram = (_, machine, { input }) => {
  const sql = String(input).replace(/;\n$/, '');
  const grants = machine.facts.get('grants') as readonly string[];
  if (sql.startsWith('SHOW')) {
    if (grants.length === 0) return { exitCode: 1, stderr: 'ERROR 1141 (42000) at line 1: There is no such grant\n' };
    return grants.map((grant) => `${grant}\n`).join('');
  }
  machine.facts.set('grants', [...grants, sql]);
  return '';
};
const before = {
  programs: { mysql },
  facts: {
    grants: [
      'GRANT USAGE ON *.* TO `app`@`localhost`',
      'GRANT SELECT, INSERT (a, b) ON `app\\_x`.* TO `app`@`localhost`',
    ],
  },
};

describeState(present, [
  {
    title: 'grants privileges',
    before,
    arguments: { name: 'app', grant: 'all privileges', database: 'app.*', user: 'app', grant_option: true },
    pending: { comment: 'MySQL grant app is set to be created', changes: { app: 'Present' } },
    applied: { comment: 'Grant all privileges on app.* to app@localhost has been added' },
  },
  {
    title: 'knows a privilege that is held',
    before,
    arguments: { name: 'app', grant: 'select', database: 'app_x.*', user: 'app' },
    ok: 'Grant select on app_x.* to app@localhost is already present',
  },
  {
    title: 'waits for an account that an earlier step may make',
    before: { programs: { mysql }, facts: { grants: [] } },
    arguments: { name: 'app', grant: 'select', database: 'app.*', user: 'app' },
    pending: { comment: 'MySQL grant app is set to be created', changes: { app: 'Present' } },
    applied: { comment: 'Grant select on app.* to app@localhost has been added' },
  },
  {
    title: 'refuses what is no privilege',
    arguments: { name: 'app', grant: 'select; drop', database: 'app.*', user: 'app' },
    fails: 'The privileges of app cannot be such',
  },
]);
const held = { facts: { grants: ['GRANT SELECT, INSERT ON `app`.* TO `app`@`localhost`'] } };
const revoke: FakeProgram = (_, machine, { input }) => {
  const grants = machine.facts.get('grants') as readonly string[];
  if (String(input).startsWith('SHOW')) return grants.map((grant) => `${grant}\n`).join('');
  machine.facts.set('revoked', String(input));
  machine.facts.set('grants', ['GRANT USAGE ON *.* TO `app`@`localhost`']);
  return '';
};

describeState(absent, [
  {
    title: 'revokes a privilege',
    before: { programs: { mysql: revoke }, ...held },
    arguments: { name: 'app', grant: 'select,insert', database: 'app.*', user: 'app' },
    pending: { comment: 'MySQL grant app is set to be revoked', changes: { app: 'Absent' } },
    applied: { comment: 'Grant select,insert on app.* for app@localhost has been revoked' },
  },
  {
    title: 'knows a privilege that is not held',
    before: { programs: { mysql: revoke }, ...held },
    arguments: { name: 'app', grant: 'delete', database: 'app.*', user: 'app' },
    ok: 'Grant delete on app.* to app@localhost is not present, so it cannot be revoked',
  },
  {
    title: 'takes nothing from who does not exist',
    before: { programs: { mysql }, facts: { grants: [] } },
    arguments: { name: 'app', grant: 'delete', database: 'app.*', user: 'app' },
    ok: 'Grant delete on app.* to app@localhost is not present, so it cannot be revoked',
  },
]);

/** A server that keeps what it was told, and of grants the last for each place. */
const keeper: FakeProgram = (_, machine, { input }) => {
  const sql = String(input).replace(/;\n$/, '');
  const grants = machine.facts.get('grants') as readonly string[];
  if (sql.startsWith('SHOW')) return grants.map((grant) => `${grant}\n`).join('');
  machine.facts.set('told', [...((machine.facts.get('told') ?? []) as readonly string[]), sql]);
  if (sql.startsWith('GRANT')) machine.facts.set('grants', [...grants, sql.replaceAll("'", '`')]);
  if (sql.startsWith('REVOKE'))
    machine.facts.set(
      'grants',
      grants.filter((grant) => !grant.includes('`app`.*')),
    );
  return '';
};

describeState(present, [
  {
    title: 'takes all privileges for a database before it gives fewer',
    before: {
      programs: { mysql: keeper },
      facts: {
        grants: [
          'GRANT USAGE ON *.* TO `app`@`localhost`',
          'GRANT ALL PRIVILEGES ON `app`.* TO `app`@`localhost` WITH GRANT OPTION',
        ],
      },
    },
    arguments: { name: 'app', grant: 'SELECT', database: 'app.*', user: 'app', revoke_first: true },
    pending: { comment: 'MySQL grant app is set to be created', changes: { app: 'Present' } },
    applied: { comment: 'Grant SELECT on app.* to app@localhost has been added' },
    verify: (host) =>
      expect(host.facts.get('told')).toEqual([
        "REVOKE ALL PRIVILEGES ON `app`.* FROM 'app'@'localhost'",
        "REVOKE GRANT OPTION ON `app`.* FROM 'app'@'localhost'",
        "GRANT SELECT ON `app`.* TO 'app'@'localhost'",
      ]),
  },
  {
    title: 'demands something of connections',
    before: { programs: { mysql: keeper }, facts: { grants: ['GRANT USAGE ON *.* TO `app`@`localhost`'] } },
    arguments: {
      ...{ name: 'app', grant: 'SELECT', database: 'app.*', user: 'app' },
      ssl_option: [{ SSL: false }, { subject: "/CN=it's" }, { Issuer: '/CN=ca' }],
    },
    pending: { comment: 'MySQL grant app is set to be created', changes: { app: 'Present' } },
    applied: { comment: 'Grant SELECT on app.* to app@localhost has been added' },
    verify: (host) =>
      expect(host.facts.get('told')).toEqual([
        "GRANT SELECT ON `app`.* TO 'app'@'localhost'",
        "ALTER USER 'app'@'localhost' REQUIRE SUBJECT '/CN=it\\'s' AND ISSUER '/CN=ca'",
      ]),
  },
  {
    title: 'refuses what nothing can demand',
    before: { programs: { mysql: keeper }, facts: { grants: [] } },
    arguments: { name: 'app', grant: 'SELECT', database: 'app.*', user: 'app', ssl_option: [{ TLS: true }] },
    fails: "Invalid SSL option : 'TLS'",
  },
]);
