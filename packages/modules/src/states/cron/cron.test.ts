/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState, type FakeProgram } from '@brine/testkit';
import { expect } from 'vitest';
import { absent } from './absent.ts';
import { envAbsent } from './env-absent.ts';
import { envPresent } from './env-present.ts';
import { file } from './file.ts';
import { present } from './present.ts';

const banner = '# Lines below here are managed by Salt, do not edit\n';

const crontab: FakeProgram = async (args, machine, request) => {
  const path = `/var/spool/cron/${args[1] ?? ''}`;
  const bytes = await machine.files.read(path);
  if (args.includes('-l')) return bytes === undefined ? { exitCode: 1 } : Buffer.from(bytes).toString();
  await machine.files.write(path, Buffer.from(request.input ?? ''));
  return '';
};
const picky: FakeProgram = (args) =>
  args.includes('-l') ? { exitCode: 1 } : { exitCode: 1, stderr: '"-":3: bad minute\n' };
const spool = '/var/spool/cron/root';
const job = `${banner}# daily copy SALT_CRON_IDENTIFIER:backup\n0 3 * * * /usr/bin/backup\n`;

function machine(text?: string): {
  files: Record<string, string | { directory: true }>;
  programs: { crontab: FakeProgram };
} {
  return {
    files: { '/var/spool/cron': { directory: true }, ...(text === undefined ? {} : { [spool]: text }) },
    programs: { crontab },
  };
}

describeState(present, [
  {
    title: 'foresees what cron will say of a time that is none',
    before: machine(job),
    arguments: { name: '/usr/bin/copy', minute: 99 },
    fails: `Cron /usr/bin/copy for user root failed to commit with error \n"-":4: bad minute\nerrors in crontab file, can't install.`,
  },
  {
    title: 'leaves times to whoever uncomments the job',
    before: machine(job),
    arguments: { name: '/usr/bin/backup', identifier: 'backup', special: '@never', commented: true },
    pending: { comment: 'Cron /usr/bin/backup is set to be updated', changes: { root: '/usr/bin/backup' } },
    applied: { comment: 'Cron /usr/bin/backup updated' },
  },
  {
    title: 'changes the command of a job that is known by its identifier',
    before: machine(job),
    arguments: { name: '/usr/bin/backup --all', identifier: 'backup', hour: '3', minute: 0, comment: 'daily copy' },
    pending: { comment: 'Cron /usr/bin/backup --all is set to be updated', changes: { root: '/usr/bin/backup --all' } },
    applied: { comment: 'Cron /usr/bin/backup --all updated' },
    after: { [spool]: job.replace('/usr/bin/backup', '/usr/bin/backup --all') },
  },
  {
    title: 'keeps the number that random once gave',
    before: machine(job),
    arguments: {
      name: '/usr/bin/backup',
      identifier: 'backup',
      hour: 'random',
      minute: 'random',
      comment: 'daily copy',
    },
    ok: 'Cron /usr/bin/backup already present',
  },
  {
    title: 'keeps the comment of a job where none is given, also of one that got no identifier',
    before: machine(job.replace(':backup', ':NO ID SET')),
    arguments: { name: '/usr/bin/backup', hour: 4, minute: 0 },
    pending: { comment: 'Cron /usr/bin/backup is set to be updated', changes: { root: '/usr/bin/backup' } },
    applied: { comment: 'Cron /usr/bin/backup updated' },
    after: {
      [spool]: `${banner}# daily copy SALT_CRON_IDENTIFIER:/usr/bin/backup\n0 4 * * * /usr/bin/backup\n`,
    },
  },
  {
    title: 'knows a comment of several lines',
    before: machine(`${banner}# one\n# two SALT_CRON_IDENTIFIER:x\n* * * * * x\n`),
    arguments: { name: 'x', comment: 'one\ntwo' },
    ok: 'Cron x already present',
  },
  {
    title: 'writes nicknames and commented jobs',
    before: machine('# mine\n'),
    arguments: { name: 'reindex', special: '@daily', commented: true },
    pending: { comment: 'Cron reindex is set to be added', changes: { root: 'reindex' } },
    applied: { comment: "Cron reindex added to root's crontab" },
    after: { [spool]: `# mine\n${banner}# SALT_CRON_IDENTIFIER:reindex\n#DISABLED#@daily reindex\n` },
  },
  {
    title: 'puts a job that changes behind the others, and nicknames behind all',
    before: machine(`${banner}# SALT_CRON_IDENTIFIER:x\n@daily x\n${job.slice(banner.length)}1 1 * * * b\n`),
    arguments: { name: '/usr/bin/backup', identifier: 'backup', hour: '4', minute: '0' },
    pending: { comment: 'Cron /usr/bin/backup is set to be updated', changes: { root: '/usr/bin/backup' } },
    applied: { comment: 'Cron /usr/bin/backup updated' },
    after: {
      [spool]: `${banner}1 1 * * * b\n${job.slice(banner.length).replace('0 3', '0 4')}# SALT_CRON_IDENTIFIER:x\n@daily x\n`,
    },
  },
  {
    title: 'says what crontab complained about',
    before: { ...machine(), programs: { crontab: picky } },
    arguments: { name: 'x', minute: '59' },
    pending: { comment: 'Cron x is set to be added', changes: { root: 'x' } },
    applied: {
      comment: 'Cron x for user root failed to commit with error \n"-":3: bad minute',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'refuses a field that would break the table',
    arguments: { name: 'x', hour: '3\n* * * * * evil' },
    fails: "Invalid value '3\n* * * * * evil' in the schedule of cron x",
  },
  {
    title: 'needs the account',
    before: machine(),
    arguments: { name: 'x', user: 'nobody' },
    pending: { comment: 'Cron x is set to be added', changes: { nobody: 'x' } },
    applied: { comment: 'User nobody is not available', changes: {}, failed: true },
  },
]);
describeState(absent, [
  {
    title: 'takes a job away and leaves the others',
    before: machine(`${job}# SALT_CRON_IDENTIFIER:b\n1 1 * * * b\n`),
    arguments: { name: '/usr/bin/backup', identifier: 'backup' },
    pending: { comment: 'Cron /usr/bin/backup is set to be removed', changes: { root: '/usr/bin/backup' } },
    applied: { comment: "Cron /usr/bin/backup removed from root's crontab" },
    after: { [spool]: `${banner}# SALT_CRON_IDENTIFIER:b\n1 1 * * * b\n` },
  },
  {
    title: 'has nothing to do without the job',
    before: machine(),
    arguments: { name: 'x' },
    ok: 'Cron x already absent',
    foretold: 'Cron x is absent',
  },
]);
describeState(envPresent, [
  {
    title: 'sets a variable above the jobs',
    before: machine(job),
    arguments: { name: 'MAILTO', value: 'a b' },
    pending: { comment: 'Cron env MAILTO is set to be added', changes: { root: 'MAILTO' } },
    applied: { comment: "Cron env MAILTO added to root's crontab" },
    after: { [spool]: job.replace(banner, `${banner}MAILTO=a b\n`) },
  },
  {
    title: 'keeps quotation marks of a value as they are',
    before: machine(`${banner}A=1\n`),
    arguments: { name: 'MAILTO', value: '""' },
    pending: { comment: 'Cron env MAILTO is set to be added', changes: { root: 'MAILTO' } },
    applied: { comment: "Cron env MAILTO added to root's crontab" },
    after: { [spool]: `${banner}A=1\nMAILTO=""\n` },
  },
  {
    title: 'knows an empty value',
    before: machine(`${banner}MAILTO=""\n`),
    arguments: { name: 'MAILTO' },
    ok: 'Cron env MAILTO already present',
  },
  {
    title: 'changes a variable',
    before: machine(`${banner}MAILTO=root\n`),
    arguments: { name: 'MAILTO', value: 'ops' },
    pending: { comment: 'Cron env MAILTO is set to be updated', changes: { root: 'MAILTO' } },
    applied: { comment: 'Cron env MAILTO updated' },
    after: { [spool]: `${banner}MAILTO=ops\n` },
  },
]);
describeState(envAbsent, [
  {
    title: 'takes a variable away',
    before: machine(`${banner}MAILTO=root\n`),
    arguments: { name: 'MAILTO' },
    pending: { comment: 'Cron env MAILTO is set to be removed', changes: { root: 'MAILTO' } },
    applied: { comment: "Cron env MAILTO removed from root's crontab" },
    after: { [spool]: banner },
  },
  {
    title: 'has nothing to do without the variable',
    before: machine(),
    arguments: { name: 'MAILTO' },
    ok: 'Cron env MAILTO already absent',
    foretold: 'Cron env MAILTO is absent',
  },
]);
describeState(file, [
  {
    title: 'replaces the whole crontab by a rendered file',
    before: machine('1 1 * * * old\n'),
    surroundings: { served: { tab: '0 4 * * * {{ job }}\n' } },
    arguments: { name: 'salt://tab', template: 'jinja', context: { job: 'new' } },
    pending: {
      comment: 'Crontab for user root is set to be updated',
      changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-1 1 * * * old\n+0 4 * * * new\n' },
    },
    applied: { comment: 'Crontab for user root was updated' },
    after: { [spool]: '0 4 * * * new\n' },
  },
  {
    title: 'leaves a crontab alone when told to',
    before: machine('1 1 * * * old\n'),
    arguments: { name: 'salt://tab', replace: false },
    ok: 'User root already has a crontab. No changes made',
  },
  {
    title: 'foresees which line cron will refuse',
    before: machine('1 1 * * * old\n'),
    surroundings: { served: { tab: 'A=b\n* 24 * * * new\n' } },
    arguments: { name: 'salt://tab' },
    fails: `Unable to update user root crontab. Error: "-":1: bad hour\nerrors in crontab file, can't install.`,
  },
  {
    title: 'keeps a copy of the old crontab where backups are',
    before: machine('1 1 * * * old\n'),
    surroundings: { served: { tab: '0 4 * * * new\n' }, options: { cachedir: '/c' } },
    arguments: { name: 'salt://tab', backup: 'minion' },
    pending: {
      comment: 'Crontab for user root is set to be updated',
      changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-1 1 * * * old\n+0 4 * * * new\n' },
    },
    applied: { comment: 'Crontab for user root was updated' },
    after: { [spool]: '0 4 * * * new\n' },
    verify: async (host) => {
      const names = (await host.files.list('/c/file_backup/var/spool/cron')) ?? [];
      expect(names.map((name) => name.replace(/_.*/, ''))).toEqual(['root']);
    },
  },
]);
