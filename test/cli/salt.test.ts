import { afterEach, describe, expect, it } from 'vitest';
import type { JobEvent, JobRequest, JobReturnEvent } from '@brine/api';
import { AppError, toValue, type Plain, type Value } from '@brine/common';
import { createFakeMaster, type FakeMaster } from './fake-master.ts';

const jid = '20260101000000000001';
const masters: FakeMaster[] = [];

afterEach(async () => {
  await Promise.all(masters.splice(0).map(async (master) => master.end()));
});

function returned(minion: string, value: Plain, extra: Partial<JobReturnEvent> = {}): JobReturnEvent {
  return { kind: 'return', minion, jid, fun: 'test.echo', status: 'ok', value: toValue(value), retcode: 0, ...extra };
}

function unanswered(minion: string, status: JobReturnEvent['status']): JobReturnEvent {
  return returned(minion, null, { status, retcode: 1 });
}

interface Answering {
  readonly requests: JobRequest[];
  readonly master: FakeMaster;
}

/** A master whose job goes as told; `between` is waited for after the first event that follows `submitted`. */
async function answering(
  minions: readonly string[],
  events: readonly JobEvent[],
  { between, configuration }: { readonly between?: Promise<void>; readonly configuration?: string } = {},
): Promise<Answering> {
  const requests: JobRequest[] = [];
  async function* follow(): AsyncIterable<JobEvent> {
    yield { kind: 'submitted', jid, minions };
    for (const [index, event] of events.entries()) {
      if (index === 1) await between;
      yield event;
    }
    yield { kind: 'end' };
  }
  const jobs = {
    resolve: () => minions,
    submit: async (request: JobRequest) => {
      requests.push(request);
      return { jid, minions };
    },
    follow,
  };
  const master = await createFakeMaster({ jobs }, configuration);
  masters.push(master);
  return { requests, master };
}

describe('what salt shows of a job', () => {
  it('comes as it arrives', async () => {
    let goOn = (): void => {};
    const between = new Promise<void>((resolve) => (goOn = resolve));
    const { master } = await answering(['b', 'a'], [returned('b', 1), returned('a', 2)], { between });
    const salt = master.start('salt', ['*', 'test.echo', '1']);
    await salt.line((line) => line === '    1');
    goOn();
    expect(await salt.ended).toEqual({ status: 0, stdout: 'b:\n    1\na:\n    2\n', stderr: '' });
  });

  it('comes sorted and as one document with --static', async () => {
    const { master } = await answering(['a', 'b'], [returned('b', { port: 1 }), returned('a', null)]);
    expect(await master.run('salt', ['--static', '--out', 'json', '*', 'test.echo'])).toEqual({
      status: 0,
      stdout: '{\n    "a": null,\n    "b": {\n        "port": 1\n    }\n}\n',
      stderr: '',
    });
  });

  it('is written by the outputter that the function asks for, unless another was named', async () => {
    const { master } = await answering(['a'], [returned('a', 'text', { outputter: 'txt' })]);
    expect((await master.run('salt', ['*', 'test.echo'])).stdout).toBe('a: text\n');
    expect((await master.run('salt', ['--out', 'raw', '*', 'test.echo'])).stdout).toBe("{'a': 'text'}\n");
    expect(await master.run('salt', ['--out', 'jsn', '*', 'test.echo'])).toMatchObject({
      stdout: 'a:\n    text\n',
      stderr: "WARNING: there is no outputter 'jsn' (did you mean 'json'?): the output is nested\n",
    });
  });

  it('begins with its id with -v', async () => {
    const { master } = await answering(['a'], [returned('a', true)]);
    const line = `Executing job with jid ${jid}`;
    expect((await master.run('salt', ['-v', '*', 'test.ping'])).stdout).toBe(
      `${line}\n${'-'.repeat(line.length)}\n\na:\n    True\n`,
    );
    expect((await master.run('salt', ['--show-jid', '*', 'test.ping'])).stdout).toBe(`jid: ${jid}\na:\n    True\n`);
  });

  it('ends with counts with --summary', async () => {
    const failed = returned('b', 'broken', { status: 'failed', retcode: 1 });
    const { master } = await answering(['a', 'b', 'c'], [returned('a', true), failed, unanswered('c', 'expired')]);
    const { status, stdout, stderr } = await master.run('salt', ['--summary', '--hide-timeout', '*', 'test.ping']);
    const rule = '-'.repeat(43);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: `a:
    True
b:
    broken

${rule}
Summary
${rule}
# of minions targeted: 3
# of minions returned: 2
# of minions that did not return: 1
# of minions with errors: 1
Minions not responding: c
Minions with failures: b
  b: broken
${rule}
`,
      stderr: 'ERROR: Minions returned with non-zero exit code\n  b: broken\nERROR: 1 of 3 minions did not return\n',
    });
  });

  it('says which minions have their turn in a batch, beside what programs read', async () => {
    const { master } = await answering(
      ['a', 'b'],
      [{ kind: 'batch', minions: ['a'] }, returned('a', 1), { kind: 'batch', minions: ['b'] }, returned('b', 2)],
    );
    expect((await master.run('salt', ['-b', '1', '*', 'test.echo'])).stdout).toBe(
      "\nExecuting run on ['a']\n\na:\n    1\n\nExecuting run on ['b']\n\nb:\n    2\n",
    );
    expect(await master.run('salt', ['--static', '--out', 'json', '-b', '1', '*', 'test.echo'])).toMatchObject({
      stdout: '{\n    "a": 1,\n    "b": 2\n}\n',
      stderr: '',
    });
    const switched = (await master.run('salt', ['*', 'test.echo'])).stdout;
    expect(switched.split('NOTICE: Too many minions targeted')).toHaveLength(2);
    expect(switched).toMatch(/^\nNOTICE/);
  });

  it('tells how far minions are on standard error, when asked and output is no terminal', async () => {
    const progress = { jid, done: 2, total: 5, current: 'nginx\u001B[2J', failed: 1 };
    const events: JobEvent[] = [{ kind: 'progress', minion: 'a', progress }, returned('a', 1)];
    const { master } = await answering(['a'], events);
    expect((await master.run('salt', ['-v', '*', 'test.echo'])).stderr).toBe('a  3 of 5  0s  nginx?[2J  1 failed\n');
    expect((await master.run('salt', ['*', 'test.echo'])).stderr).toBe('');
    for (const words of [['--progress'], ['--out', 'progress']]) {
      expect((await master.run('salt', [...words, '*', 'test.echo'])).stdout).toMatch(/^\n-+\nSummary\n/);
    }
    expect((await master.run('salt', ['--follow', jid])).stdout).toBe('a:\n    1\n');
  });

  it('is painted as the theme of the configuration says', async () => {
    const { master } = await answering(['a'], [returned('a', 'text')], { configuration: 'color_theme: /dev/null\n' });
    expect(await master.run('salt', ['--force-color', '*', 'test.echo'])).toMatchObject({
      status: 1,
      stderr: 'salt: cannot use the colours of /dev/null: it is no mapping of colours to codes\n',
    });
  });

  it('is only its id with --async', async () => {
    const { master } = await answering(['a'], []);
    expect(await master.run('salt', ['--async', '*', 'test.ping'])).toEqual({
      status: 0,
      stdout: `Executed command with job ID: ${jid}\n`,
      stderr: '',
    });
  });

  it('is one documentation, whoever gave it, with -d', async () => {
    const docs = { 'test.ping': 'Answers.' };
    const { master, requests } = await answering(['a', 'b'], [returned('b', docs), returned('a', docs)]);
    expect((await master.run('salt', ['*', '-d', 'test.ping', '--out', 'json'])).stdout).toBe(
      '{\n    "test.ping": "Answers."\n}\n',
    );
    expect(requests).toMatchObject([{ fun: 'sys.doc', positional: ['test.ping'] }]);
  });
});

describe('the status salt ends with', () => {
  it.each([
    ['expired', 'Minion did not return. [Not connected]'],
    ['interrupted', 'Minion did not return. [The job was interrupted on the minion]'],
    ['timed-out', 'Minion did not return. [The job took too long and was ended]'],
    ['cancelled', 'Minion did not return. [The job was cancelled]'],
  ] as const)('is 1 for a job that was %s', async (status, text) => {
    const { master } = await answering(['a'], [unanswered('a', status)]);
    expect(await master.run('salt', ['a', 'test.ping'])).toEqual({
      status: 1,
      stdout: `a:\n    ${text}\n`,
      stderr: 'ERROR: 1 of 1 minions did not return: a\n',
    });
  });

  it('is 1 when a minion is lost with the job', async () => {
    const { master } = await answering(['a'], [{ kind: 'unreachable', minion: 'a', status: 'running' }]);
    const { status, stdout } = await master.run('salt', ['a', 'test.ping']);
    expect(status).toBe(1);
    expect(stdout).toContain(`follow it with 'salt-run jobs.follow ${jid}'`);
  });

  it('is 1 when a minion sets a retcode', async () => {
    const { master } = await answering(['a'], [returned('a', 'no', { retcode: 3 })]);
    expect(await master.run('salt', ['a', 'cmd.run', 'exit 3'])).toMatchObject({ status: 1, stdout: 'a:\n    no\n' });
  });

  it('is what the master says when it refuses', async () => {
    const jobs = {
      submit: () => Promise.reject(new AppError({ code: 'target-empty', message: 'nobody is meant', exitCode: 2 })),
    };
    const master = await createFakeMaster({ jobs });
    masters.push(master);
    expect(await master.run('salt', ['x', 'test.ping'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'salt: nobody is meant\n',
    });
  });

  it('is 130 when it is interrupted, saying how the job goes on', async () => {
    const { master } = await answering(['a', 'b'], [returned('a', 1), returned('b', 2)], {
      between: new Promise(() => {}),
    });
    const salt = master.start('salt', ['*', 'test.echo']);
    await salt.line((line) => line === '    1');
    salt.signal('SIGINT');
    expect(await salt.ended).toEqual({
      status: 130,
      stdout: 'a:\n    1\n',
      stderr: `\nThe job goes on as ${jid}.
  follow it:   salt-run jobs.follow ${jid}
  see it:      salt-run jobs.list_job ${jid}
  stop it:     salt-run jobs.cancel ${jid}
`,
    });
  });

  it('is 1 when the master is lost, saying how the job goes on', async () => {
    const { master } = await answering(['a', 'b'], [returned('a', 1), returned('b', 2)], {
      between: new Promise(() => {}),
    });
    const salt = master.start('salt', ['*', 'test.echo']);
    await salt.line((line) => line === '    1');
    master.cut();
    const { status, stdout, stderr } = await salt.ended;
    expect({ status, stdout }).toEqual({ status: 1, stdout: 'a:\n    1\n' });
    expect(stderr).toBe(`salt: the connection to the master broke. The job goes on as ${jid}.
  follow it:   salt-run jobs.follow ${jid}
  see it:      salt-run jobs.list_job ${jid}
  stop it:     salt-run jobs.cancel ${jid}
`);
  });
});

describe('a command line of salt', () => {
  it.each([
    [['-L', 'a, b', 'test.ping'], { type: 'list', expression: 'a,b' }],
    [['-E', 'a|b', 'test.ping'], { type: 'pcre', expression: 'a|b' }],
    [['-G', 'os:Debian', 'test.ping'], { type: 'grain', expression: 'os:Debian' }],
    [['-C', 'a and b', 'test.ping'], { type: 'compound', expression: 'a and b' }],
    [['-I', 'role:db', 'test.ping'], { type: 'pillar', expression: 'role:db' }],
    [['-S', '10.0.0.0/8', 'test.ping'], { type: 'ipcidr', expression: '10.0.0.0/8' }],
    [['-N', 'front', 'test.ping'], { type: 'nodegroup', expression: 'front' }],
    [['a*', 'test.ping'], { type: 'glob', expression: 'a*' }],
  ])('%j asks for the target %j', async (args, target) => {
    const { master, requests } = await answering(['a', 'b'], [returned('a', true), returned('b', true)]);
    expect((await master.run('salt', args)).status).toBe(0);
    expect(requests).toMatchObject([{ target, fun: 'test.ping' }]);
  });

  it("has its arguments read as YAML, and times from its options or the master's configuration", async () => {
    const { master, requests } = await answering(['a'], [returned('a', true)], { configuration: 'timeout: 7\n' });
    await master.run('salt', ['a', 'test.arg', '1', 'text', '[a, 2]', 'on=True', 'deep={k: 1.5}']);
    await master.run('salt', ['-t', '3', 'a', 'test.ping']);
    expect(requests.map(({ positional, keyword, deliverWithin }) => ({ positional, keyword, deliverWithin }))).toEqual([
      {
        positional: [1, 'text', ['a', 2]],
        keyword: new Map<Value, Value>([
          ['on', true],
          ['deep', new Map([['k', 1.5]])],
        ]),
        deliverWithin: 7000,
      },
      { positional: [], keyword: new Map(), deliverWithin: 3000 },
    ]);
  });

  it.each([
    [
      ['--module-executors', 'sudo', '*', 'test.ping'],
      'salt: the option --module-executors does not exist: a function is run by its job worker alone, there are no other executors\n',
    ],
    [
      ['-H'],
      'salt: the option --hosts does not exist: hosts of a roster belong to salt-ssh, which does not exist here\n',
    ],
    [['--sho', '*', 'test.ping'], 'salt: the option --sho is ambiguous: --show-jid, --show-timeout, --show-secrets\n'],
    [['--no-such', '*', 'test.ping'], "error: unknown option '--no-such'\n"],
    [['-G', '-L', 'x', 'test.ping'], 'salt: --list and --grain exclude each other\n'],
    [['*'], "salt: a function is missing: salt '<target>' <function> [arguments]\n"],
    [
      ['*', 'test.ping,test.echo', 'a'],
      "salt: 2 functions in one job need arguments for all of them, separated by ',': test.ping,test.echo , hello\n",
    ],
    [['-d', '*', 'test.ping', 'x'], 'salt: documentation is shown for one function or module at a time\n'],
  ])('%j is refused with status 64', async (args, stderr) => {
    const { master, requests } = await answering(['a'], []);
    expect(await master.run('salt', args)).toEqual({ status: 64, stdout: '', stderr });
    expect(requests).toEqual([]);
  });

  it('may run in batches, on a few of the minions and with data to find it by', async () => {
    const { master, requests } = await answering(['a'], [returned('a', true)], {
      configuration: 'batch_safe_limit: 50\n',
    });
    await master.run('salt', ['-b', '25%', '--batch-wait', '1.5', '--failhard', '*', 'test.ping']);
    await master.run('salt', ['--batch-size', '3', '--batch-safe-size', '2', '*', 'test.ping']);
    await master.run('salt', ['--subset=2', '--metadata', '{release: 7}', '-D', '|', '-G', 'os|Debian', 'test.ping']);
    expect(
      requests.map(({ batch, safeBatch, subset, metadata, target }) => ({
        batch,
        safeBatch,
        subset,
        metadata,
        target,
      })),
    ).toEqual([
      {
        batch: { size: '25%', wait: 1500, failhard: true },
        safeBatch: { limit: 50, size: '8' },
        target: { type: 'glob', expression: '*' },
      },
      { batch: { size: '3' }, safeBatch: { limit: 50, size: '2' }, target: { type: 'glob', expression: '*' } },
      {
        safeBatch: { limit: 50, size: '8' },
        subset: 2,
        metadata: new Map([['release', 7]]),
        target: { type: 'grain', expression: 'os|Debian', delimiter: '|' },
      },
    ]);
  });

  it('may name several functions, each with its own arguments', async () => {
    const { master, requests } = await answering(['a'], [returned('a', { 'test.ping': true })]);
    await master.run('salt', ['*', 'test.ping,test.arg', ',', '1', 'x=2']);
    expect(requests.map(({ fun, positional }) => ({ fun, positional }))).toEqual([
      { fun: 'test.ping,test.arg', positional: toValue([[], [1, { __kwarg__: true, x: 2 }]]) },
    ]);
  });

  it('takes abbreviated options and further words from standard input', async () => {
    const { master, requests } = await answering(['a'], [returned('a', true)]);
    const { stdout } = await master.run('salt', ['--args-stdin', 'a', 'test.arg'], '--verb\n{a: 1}\n-t\n4\n');
    expect(stdout).toContain(`Executing job with jid ${jid}`);
    expect(requests).toMatchObject([{ positional: [new Map([['a', 1]])], deliverWithin: 4000 }]);
  });

  it("writes the master's configuration with --config-dump and a stack trace with --hard-crash", async () => {
    const { master } = await answering([], [], { configuration: 'timeout: 7\n' });
    expect((await master.run('salt', ['--config-dump'])).stdout).toMatch(/^timeout: 7$/m);
    expect((await master.run('salt', ['--hard-crash', '*'])).stderr).toMatch(
      /a function is missing[^\n]*\n[^]*\n +at /,
    );
  });

  it('shows whom a target means with --preview-target', async () => {
    const { master, requests } = await answering(['a', 'b'], []);
    expect((await master.run('salt', ['--preview-target', '*', 'test.ping'])).stdout).toBe('- a\n- b\n');
    expect(requests).toEqual([]);
  });
});
