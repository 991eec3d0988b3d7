import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError, toValue, type Dict } from '@brine/common';
import type { RunnerControl } from '@brine/api';
import { createFakeMaster, type FakeMaster, type FakePorts } from './fake-master.ts';

const masters: FakeMaster[] = [];

afterEach(async () => {
  await Promise.all(masters.splice(0).map(async (master) => master.end()));
});

async function serve(ports: FakePorts): Promise<FakeMaster> {
  const master = await createFakeMaster(ports);
  masters.push(master);
  return master;
}

describe('salt-run', () => {
  it('hands on the call as it was understood and shows the answer', async () => {
    const calls: Parameters<RunnerControl['run']>[0][] = [];
    const master = await serve({
      runners: {
        run: (call) => {
          calls.push(call);
          return Promise.resolve({ value: toValue({ up: ['a'] }), retcode: 0 });
        },
      },
    });
    expect(await master.run('salt-run', ['jobs.list_jobs', '5', 'search_function=test.ping'])).toEqual({
      status: 0,
      stdout: 'up:\n    - a\n',
      stderr: '',
    });
    expect(calls).toEqual([
      { fun: 'jobs.list_jobs', positional: [5], keyword: new Map([['search_function', 'test.ping']]), terms: {} },
    ]);
  });

  it('hands on the terms of the call, leaves text as it is and shows nothing when it is to be quiet', async () => {
    const calls: Parameters<RunnerControl['run']>[0][] = [];
    const run: RunnerControl['run'] = (call) => {
      calls.push(call);
      return Promise.resolve({ value: true, retcode: 0 });
    };
    const master = await serve({ runners: { run } });
    const options = ['-t', '9', '--jid', '20260101000000000007', '--skip-grains', '--no-parse', 'version', '--quiet'];
    expect(await master.run('salt-run', [...options, 'salt.cmd', 'test.arg', 'version=1.10', 'n=2'])).toEqual({
      ...{ status: 0, stdout: '', stderr: '' },
    });
    expect(calls).toEqual([
      {
        ...{ fun: 'salt.cmd', positional: ['test.arg'] },
        keyword: new Map<string, unknown>([
          ['version', '1.10'],
          ['n', 2],
        ]),
        terms: { timeout: 9, jid: '20260101000000000007', skipsGrains: true },
      },
    ]);
  });

  it('logs what it asks the master, to the terminal and to a file', async () => {
    const run: RunnerControl['run'] = () => Promise.resolve({ value: true, retcode: 0 });
    const master = await serve({ runners: { run } });
    const folder = mkdtempSync(join(tmpdir(), 'brine-run-log-'));
    try {
      const file = join(folder, 'log');
      const { stderr } = await master.run('salt-run', ['-l', 'debug', '--log-file', file, 'test.nop']);
      expect(stderr.split('\n').map((line) => line.replace(/socket=\S+/, 'socket'))).toEqual([
        '[DEBUG   ] asking the master socket method=POST path=/v1/runners isLoggedIn=false',
        '[DEBUG   ] the master answers path=/v1/runners status=200',
        '',
      ]);
      const messages = readFileSync(file, 'utf8').trimEnd().split('\n');
      expect(messages.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
        ...['asking the master', 'the master answers'],
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('starts a runner without waiting for it with --async', async () => {
    const begin: RunnerControl['begin'] = ({ fun }) => ({ jid: '20260101000000000001', tag: `salt/run/${fun}` });
    const master = await serve({ runners: { begin } });
    expect(await master.run('salt-run', ['--async', '--out', 'json', '--out-indent=-1', 'test.sleep', '60'])).toEqual({
      status: 0,
      stdout: '{"jid": "20260101000000000001", "tag": "salt/run/test.sleep"}\n',
      stderr: '',
    });
  });

  it('ends with status 1 when the runner sets a retcode, and shows its outputter', async () => {
    const run = (): ReturnType<RunnerControl['run']> =>
      Promise.resolve({ value: toValue({ a: 1 }), retcode: 2, outputter: 'json' });
    const master = await serve({ runners: { run } });
    expect(await master.run('salt-run', ['some.runner'])).toEqual({
      status: 1,
      stdout: '{\n    "a": 1\n}\n',
      stderr: '',
    });
  });

  it('tells in a line what the master refuses', async () => {
    const run = (): never => {
      throw new AppError({ code: 'runner-unknown', message: "there is no runner 'x.y'" });
    };
    const master = await serve({ runners: { run } });
    expect(await master.run('salt-run', ['x.y'])).toEqual({
      status: 1,
      stdout: '',
      stderr: "salt-run: there is no runner 'x.y'\n",
    });
  });

  it('keeps to itself what broke inside the master', async () => {
    const run = (): never => {
      throw new TypeError('undefined is not a function at /srv/secret.js');
    };
    const master = await serve({ runners: { run } });
    expect(await master.run('salt-run', ['x.y'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'salt-run: internal error; see the log of the master\n',
    });
  });

  it('prints as many events as were asked for', async () => {
    const asked: (string | undefined)[] = [];
    const master = await serve({
      events: {
        async *subscribe({ tag }) {
          asked.push(tag);
          for (let number = 1; number < 9; number += 1)
            yield { tag: `my/${number}`, payload: toValue({ number }) as Dict };
        },
      },
    });
    expect(await master.run('salt-run', ['state.event', 'my/*', 'count=2'])).toEqual({
      status: 0,
      stdout: 'my/1\t{"number": 1}\nmy/2\t{"number": 2}\n',
      stderr: '',
    });
    expect(asked).toEqual(['my/*']);
  });

  it.each([
    [
      ['--enable-profiling', 'manage.up'],
      'salt-run: the option --enable-profiling does not exist: node itself measures: node --cpu-prof bin/PROGRAM …\n',
    ],
    [
      ['-t', 'x', 'manage.up'],
      "error: option '-t, --timeout <seconds>' argument 'x' is invalid. a whole number is expected\n",
    ],
    [
      ['state.event', 'prety=True'],
      "salt-run: state.event has no argument 'prety'; it has tagmatch, count, quiet, sock_dir, pretty, node\n",
    ],
    [['--no-such'], "error: unknown option '--no-such'\n"],
  ])('refuses %j with status 64', async (args, stderr) => {
    expect(await (await serve({})).run('salt-run', args)).toEqual({ status: 64, stdout: '', stderr });
  });
});
