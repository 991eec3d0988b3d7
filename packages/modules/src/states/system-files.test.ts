import { toValue } from '@brine/common';
import { describeState, type FakeProgram } from '@brine/testkit';
import { run as cmdRun } from './cmd/run.ts';
import { present as cronPresent } from './cron/present.ts';
import { setenv } from './environ/setenv.ts';
import { present as grainPresent } from './grains/present.ts';
import { present as hostPresent } from './host/present.ts';
import { optionsPresent } from './ini/options-present.ts';
import { run as moduleRun } from './module/run.ts';
import { managed as repoManaged } from './pkgrepo/managed.ts';
import { present as keyPresent } from './ssh-auth/present.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3';

const crontab: FakeProgram = async (args, machine, request) => {
  if (args.includes('-l')) return Buffer.from((await machine.files.read('/var/cron')) ?? '').toString();
  await machine.files.write('/var/cron', Buffer.from(request.input ?? ''));
  return '';
};

describeState(hostPresent, [
  {
    title: 'moves a name to another address',
    before: { files: { '/etc/hosts': '127.0.0.1 localhost\n# lan\n10.0.0.5 db\n' } },
    arguments: { name: 'db', ip: '10.0.0.6', clean: true },
    pending: {
      comment: 'Host db (10.0.0.6) would be added\nHost db (10.0.0.5) would be removed',
      changes: { added: { '10.0.0.6': ['db'] }, removed: { '10.0.0.5': ['db'] } },
    },
    applied: { comment: 'Added host db (10.0.0.6)\nRemoved host db (10.0.0.5)' },
    after: { '/etc/hosts': '127.0.0.1\t\tlocalhost\n# lan\n10.0.0.6\t\tdb\n' },
  },
  {
    title: 'refuses what is no address',
    arguments: { name: 'db', ip: '10.0.0' },
    fails: 'Invalid IP Address for db (10.0.0)',
  },
]);
describeState(keyPresent, [
  {
    title: 'adds a key and makes its directory for sshd alone',
    before: { passwd: ['deploy:x:7:7::/home/deploy:/bin/sh'], files: { '/home/deploy': { directory: true } } },
    arguments: { name: key, user: 'deploy', enc: 'ed25519', comment: 'ci', options: ['no-pty'] },
    pending: { comment: `Key ${key} for user deploy is set to be added`, changes: { [key]: 'New' } },
    applied: { comment: `The authorized host key ${key} for user deploy was added` },
    after: {
      '/home/deploy/.ssh': { directory: true, mode: 0o700, uid: 7 },
      '/home/deploy/.ssh/authorized_keys': { text: `no-pty ssh-ed25519 ${key} ci\n`, mode: 0o600, uid: 7 },
    },
  },
  {
    title: 'refuses what is no key',
    arguments: { name: 'not a key', user: 'root' },
    fails: 'Invalid public ssh key, most likely has spaces or invalid syntax',
  },
]);
describeState(optionsPresent, [
  {
    title: 'sets options in their sections and keeps the rest',
    before: { files: { '/etc/a.ini': '[s]\n; note\nport = 80\n\n[log]\nx = 1\n' } },
    arguments: { name: '/etc/a.ini', sections: { s: { port: 81, host: 'h' }, new: { k: 'v' } } },
    pending: {
      comment: 'Changed key port in section s.\nChanged key host in section s.\nChanged key k in section new.\n',
      changes: {
        s: toValue({ port: { before: '80', after: '81' }, host: { before: null, after: 'h' } }),
        new: toValue({ before: null, after: { k: 'v' } }),
      },
    },
    applied: { comment: 'Changes take effect' },
    after: { '/etc/a.ini': '[s]\n; note\nport = 81\nhost = h\n\n[log]\nx = 1\n\n[new]\nk = v\n' },
  },
]);
describeState(cronPresent, [
  {
    title: 'adds a job under its identifier and leaves others alone',
    before: { files: { '/var/cron': '1 2 * * * old\n' }, programs: { crontab } },
    arguments: { name: '/usr/bin/backup', identifier: 'backup', hour: 3 },
    pending: { comment: 'Cron /usr/bin/backup is set to be added', changes: { root: '/usr/bin/backup' } },
    applied: { comment: "Cron /usr/bin/backup added to root's crontab" },
    after: {
      '/var/cron':
        '1 2 * * * old\n# Lines below here are managed by Salt, do not edit\n# SALT_CRON_IDENTIFIER:backup\n* 3 * * * /usr/bin/backup\n',
    },
  },
]);
describeState(setenv, [
  {
    title: 'sets variables of the process',
    arguments: { name: 'bundle', value: { A: '1', B: 'two' } },
    pending: { comment: 'Environ values will be changed', changes: { A: '1', B: 'two' } },
    applied: { comment: 'Environ values were set' },
  },
]);
describeState(grainPresent, [
  {
    title: 'stores a nested grain',
    surroundings: { functions: { 'grains.set': () => ({ result: true }) } },
    arguments: { name: 'rack:position', value: 12 },
    pending: { comment: 'Grain rack:position is set to be added', changes: { new: 'rack:position' } },
    applied: { comment: 'Set grain rack:position to 12', changes: { rack: new Map([['position', 12]]) } },
    again: 'the grains of a case are made anew for each look',
  },
]);
describeState(moduleRun, [
  {
    title: 'calls functions and shows what they gave',
    surroundings: { functions: { 'test.echo': (_, keyword) => String(keyword.get('text')) } },
    arguments: { name: 'one', 'test.echo': [{ text: 'hello' }] },
    pending: { comment: 'Function test.echo to be executed.', changes: {}, extra: { name: ['test.echo'] } },
    applied: { comment: 'test.echo: hello', changes: { 'test.echo': 'hello' } },
  },
  {
    title: 'takes the old form too',
    surroundings: { functions: { 'test.echo': (_, keyword) => String(keyword.get('name')) } },
    arguments: { name: 'test.echo', m_name: 'hello' },
    pending: { comment: 'Module function test.echo is set to execute', changes: {} },
    applied: { comment: 'Module function test.echo executed', changes: { ret: 'hello' } },
  },
]);
describeState(cmdRun, [
  {
    title: 'always has something to do, and fails by exit code',
    before: { programs: { sh: () => ({ exitCode: 4, stdout: 'out\n', stderr: 'err\n' }) } },
    arguments: { name: 'exit 4', shell: '/bin/sh' },
    pending: { comment: 'Command "exit 4" would have been executed', changes: {} },
    applied: {
      comment: 'Command "exit 4" run',
      changes: { pid: 4242, retcode: 4, stdout: 'out', stderr: 'err' },
      failed: true,
    },
  },
  {
    title: 'needs its directory',
    arguments: { name: 'ls', cwd: '/none' },
    pending: { comment: 'Command "ls" would have been executed', changes: {} },
    applied: { comment: 'Desired working directory "/none" is not available', changes: {}, failed: true },
  },
]);
describeState(repoManaged, [
  {
    title: 'adds a repository and refreshes the lists',
    before: {
      files: { '/etc/apt/sources.list': 'deb http://deb.debian.org/debian stable main\n' },
      programs: { 'apt-get': () => '' },
    },
    arguments: {
      name: 'deb https://apt.example.org stable main',
      file: '/etc/apt/sources.list.d/example.list',
      comps: 'main,extra',
    },
    pending: {
      comment:
        "Package repo 'deb https://apt.example.org stable main' would be configured. This may cause pkg states to behave differently than stated if this action is repeated without test=True, due to the differences in the configured repositories.",
      changes: { repo: 'deb https://apt.example.org stable main' },
    },
    applied: { comment: "Configured package repo 'deb https://apt.example.org stable main'" },
    after: { '/etc/apt/sources.list.d/example.list': 'deb https://apt.example.org stable main extra\n' },
  },
]);
