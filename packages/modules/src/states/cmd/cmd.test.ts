import { describeState, type FakeProgram } from '@brine/testkit';
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
