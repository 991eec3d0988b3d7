import { describeState, type FakeProgram } from '@brine/testkit';
import { run } from './run.ts';
import { script } from './script.ts';
import { waitScript } from './wait-script.ts';
import { wait } from './wait.ts';
import { watch } from './watch.ts';

/** A shell that tells what it would run, and what is in the script it is given. */
const sh: FakeProgram = async ([, line = ''], machine) => {
  const [path = ''] = line.split(' ');
  const text = Buffer.from((await machine.files.read(path)) ?? '').toString();
  return `${text}|${line.replace(/brine\.script\.[0-9a-f]+/, 'x')}`;
};
const before = { programs: { sh }, files: { '/tmp': { directory: true as const } } };
const served = { 'setup.sh': 'echo {{ who }}' };

describeState(script, [
  {
    title: 'renders a script, runs it with its arguments and leaves nothing behind',
    before,
    surroundings: { served },
    arguments: {
      name: 'salt://setup.sh --all',
      source: 'salt://setup.sh',
      template: 'jinja',
      args: '--all',
      context: { who: 'me' },
      shell: '/bin/sh',
    },
    pending: { comment: "Command 'salt://setup.sh --all' would have been executed", changes: {} },
    applied: {
      comment: "Command 'salt://setup.sh --all' run",
      changes: { pid: 4242, retcode: 0, stdout: 'echo me|/tmp/__x.sh --all', stderr: '' },
    },
    verify: async (host) => {
      const left = await host.files.list('/tmp');
      if (left?.length !== 0) throw new Error(`left behind: ${String(left)}`);
    },
  },
  {
    title: 'fails without the script',
    arguments: { name: 'salt://none.sh' },
    fails: "Unable to cache script salt://none.sh from saltenv 'base'",
  },
  {
    title: 'takes the whole name for its source, as Salt does',
    before,
    surroundings: { served },
    arguments: { name: 'salt://setup.sh --all' },
    fails: "Unable to cache script salt://setup.sh --all from saltenv 'base'",
  },
  {
    title: 'names a path that there is not',
    arguments: { name: 'setup', source: '/srv/none.sh' },
    fails: "[Errno 2] No such file or directory: '/srv/none.sh'",
  },
]);
describeState(wait, [{ title: 'waits', arguments: { name: 'newaliases' }, ok: '' }]);
describeState(watch, [
  {
    title: 'runs when a watch fires',
    watched: true,
    before,
    arguments: { name: 'newaliases', shell: '/bin/sh' },
    pending: { comment: 'Command "newaliases" would have been executed', changes: {} },
    applied: {
      comment: 'Command "newaliases" run',
      changes: { pid: 4242, retcode: 0, stdout: '|newaliases', stderr: '' },
    },
  },
]);
describeState(waitScript, [
  { title: 'waits', arguments: { name: 'salt://setup.sh' }, ok: '' },
  {
    title: 'runs when a watch fires',
    watched: true,
    before,
    surroundings: { served },
    arguments: { name: 'salt://setup.sh', shell: '/bin/sh' },
    pending: { comment: "Command 'salt://setup.sh' would have been executed", changes: {} },
    applied: {
      comment: "Command 'salt://setup.sh' run",
      changes: { pid: 4242, retcode: 0, stdout: 'echo {{ who }}|/tmp/__x.sh', stderr: '' },
    },
  },
]);

/** A jail with a shell that tells what it runs, and a daemon it left behind that ends when it has to. */
const jail = {
  programs: {
    mount: ([, , , path = ''], machine) => {
      if (path === '/jail/dev') return { exitCode: 32, stderr: 'mount: permission denied' };
      machine.facts.set('mounted', [...(machine.facts.get('mounted') as string[]), path]);
      return '';
    },
    umount: ([path = ''], machine) => {
      machine.facts.set(
        'mounted',
        (machine.facts.get('mounted') as string[]).filter((one) => one !== path),
      );
      return '';
    },
    chroot: (words, machine) => `${words.join(' ')} with ${String(machine.facts.get('mounted'))}`,
    kill: async ([, signal = '', pid = ''], machine) => {
      if (signal === 'KILL') await machine.files.remove(`/proc/${pid}/root`);
      return '';
    },
  } satisfies Record<string, FakeProgram>,
  facts: { mounted: [] },
  files: {
    '/root': { directory: true as const },
    '/jail/bin/bash': 'bash',
    '/jail/dev': { directory: true as const },
    '/jail/proc': { directory: true as const },
    '/jail/sys': { directory: true as const },
    '/proc/77/root': { link: '/jail' },
    '/proc/78/root': { link: '/' },
    '/proc/mounts': 'sysfs /jail/sys sysfs rw 0 0\n',
  },
};

describeState(run, [
  {
    title: 'runs in another root and leaves no mount and no process there',
    before: jail,
    arguments: { name: 'apt-get update && true', root: '/jail', runas: 'ann', group: 'dev' },
    pending: { comment: 'Command "apt-get update && true" would have been executed', changes: {} },
    applied: {
      comment: 'Command "apt-get update && true" run',
      changes: {
        ...{ pid: 4242, retcode: 0, stderr: '' },
        stdout: '--userspec ann:dev /jail /bin/bash -c apt-get update && true with /jail/proc',
      },
    },
    after: { '/proc/77/root': undefined, '/proc/78/root': { link: '/' } },
    verify: (host) => {
      if (String(host.facts.get('mounted')) !== '') throw new Error('something is mounted still');
    },
  },
  {
    title: 'needs another root that is there',
    before: jail,
    arguments: { name: 'true', root: 'jail' },
    pending: { comment: 'Command "true" would have been executed', changes: {} },
    applied: {
      comment: "Specified root 'jail' either not absolute or does not exist",
      changes: {},
      failed: true,
    },
  },
]);
