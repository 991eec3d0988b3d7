import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  toValue,
  type Dict,
  type Target,
  type Value,
} from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobWorker, type JobWorker } from './job-worker.ts';
import type { FromWorker, JobOutcome, ToWorker } from './worker-messages.ts';

let folder: string;
let said: FromWorker[];
let worker: JobWorker;
/** How the daemon answers a request of the worker. */
let answers: (verb: string, body: unknown) => Pick<Extract<ToWorker, { kind: 'answer' }>, 'body' | 'error'>;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-worker-'));
  said = [];
  answers = () => ({ error: { code: 'verb-unknown', message: 'not asked for here', problems: [] } });
  worker = createJobWorker({
    send: (message) => {
      said.push(message);
      if (message.kind !== 'request') return;
      const { request, verb, body } = message;
      queueMicrotask(() => worker.receive({ kind: 'answer', request, ...answers(verb, decodeMessage(body)) }));
    },
  });
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function runFor(target: Target): void {
  worker.receive({
    kind: 'run',
    job: { ...job('test.ping', [], {}), target },
    options: encodeValue(toValue({ id: 'web1', cachedir: folder, conf_file: path.join(folder, 'minion') })),
    grains: encodeValue(toValue({ id: 'web1', os: 'Debian' })),
  });
}

function job(fun: string, positional: Value[], keyword: Record<string, Value>): RunJob {
  return {
    jid: '20260102030405000001',
    fun,
    argument: encodeValue(positional),
    keywordArgument: encodeValue(toValue(keyword)),
    user: 'root',
  };
}

type RunJob = Extract<ToWorker, { kind: 'run' }>['job'];

function run(fun: string, positional: Value[] = [], keyword: Record<string, Value> = {}, options: Value = null): void {
  const own = toValue({ id: 'web1', cachedir: folder, conf_file: path.join(folder, 'minion') }) as Dict;
  worker.receive({
    kind: 'run',
    job: job(fun, positional, keyword),
    options: encodeValue(new Map([...own, ...(options instanceof Map ? options : [])])),
    grains: encodeValue(toValue({ id: 'web1', os: 'Debian' })),
  });
}

async function outcome(): Promise<JobOutcome> {
  for (;;) {
    const finished = said.find((message) => message.kind === 'finished');
    if (finished !== undefined) {
      said.splice(0, said.length);
      return finished.outcome;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const shown = ({ value, ...rest }: JobOutcome): object => ({ ...rest, value: decodeValue(value) });

describe('createJobWorker', () => {
  it.each<[Target, 'ok' | 'refused']>([
    [{ type: 'grain', expression: 'os:Deb*' }, 'ok'],
    [{ type: 'grain', expression: 'os|Debian', delimiter: '|' }, 'ok'],
    [{ type: 'compound', expression: 'web* and not G@os:Rocky' }, 'ok'],
    [{ type: 'grain', expression: 'os:Rocky' }, 'refused'],
    [{ type: 'list', expression: 'db1,db2' }, 'refused'],
    [{ type: 'nodegroup', expression: 'gone' }, 'refused'],
  ])('looks again whether a job is for this minion: %j', async (target, status) => {
    runFor(target);
    expect(await outcome()).toMatchObject({ status });
  });

  it('looks at pillar for a job that is sent by pillar', async () => {
    const pillar = encodeValue(toValue({ tier: 'back' }));
    answers = (verb) =>
      verb === 'pillar.compile' ? { body: encodeMessage({ pillar, version: 'v1' }) } : { body: encodeMessage({}) };
    runFor({ type: 'pillar', expression: 'tier:back' });
    expect(await outcome()).toMatchObject({ status: 'ok' });
    runFor({ type: 'compound', expression: 'web1 and I@tier:front' });
    expect(shown(await outcome())).toEqual({
      status: 'refused',
      retcode: 1,
      value: 'This minion does not match the target of the job any more (compound: web1 and I@tier:front).',
    });
  });

  it('runs a function with the arguments of the job', async () => {
    run('test.arg', [1, 'two'], { three: true });
    expect(shown(await outcome())).toMatchObject({ status: 'ok', retcode: 0 });
    run('grains.get', ['os']);
    expect(shown(await outcome())).toEqual({ status: 'ok', retcode: 0, value: 'Debian' });
  });

  it('runs several functions one after the other, each with its own arguments', async () => {
    const positional = toValue([[], ['no'], [{ __kwarg__: true, text: 'hello' }]]) as Value[];
    run('test.ping,no.such_function,test.echo', positional);
    const answer = shown(await outcome()) as { readonly value: Value };
    expect(answer).toMatchObject({ status: 'failed', retcode: 1 });
    expect([...(answer.value as Dict)]).toEqual([
      ['test.ping', true],
      ['no.such_function', expect.stringContaining('is not available') as string],
      ['test.echo', 'hello'],
    ]);
    run('test.ping,test.echo', [[], ['x']], {}, toValue({ multifunc_ordered: true }));
    expect(shown(await outcome())).toEqual({ status: 'ok', retcode: 0, value: [true, 'x'] });
  });

  it('returns what went wrong as the answer of a failed job', async () => {
    run('no.such_function');
    expect(shown(await outcome())).toMatchObject({
      status: 'failed',
      retcode: 1,
      value: expect.stringContaining("'no.such_function' is not available") as string,
    });
    run('test.retcode', [3]);
    expect(shown(await outcome())).toEqual({ status: 'failed', retcode: 3, value: true });
  });

  it('asks the master for the pillar, with the grains it has', async () => {
    const asked: unknown[] = [];
    answers = (verb, body) => {
      const { grains } = body as { grains: Uint8Array };
      asked.push([verb, decodeValue(grains)]);
      return { body: encodeMessage({ pillar: encodeValue(toValue({ port: 8080 })), version: '1', secrets: [] }) };
    };
    run('pillar.get', ['port']);
    expect(shown(await outcome())).toEqual({ status: 'ok', retcode: 0, pillarVersion: '1', value: 8080 });
    expect(asked).toEqual([['pillar.compile', toValue({ id: 'web1', os: 'Debian' })]]);
  });

  it('fails a job whose pillar the master refuses to compile', async () => {
    answers = () => ({ error: { code: 'bus-timeout', message: 'no answer in time', problems: [] } });
    run('pillar.get', ['port']);
    expect(shown(await outcome())).toEqual({ status: 'failed', retcode: 1, value: 'no answer in time' });
  });

  it('ends a job that is cancelled, and the program it waits for', async () => {
    run('cmd.run', [`touch ${folder}/begun; sleep 60`]);
    while (!fs.existsSync(path.join(folder, 'begun'))) await new Promise((resolve) => setImmediate(resolve));
    worker.receive({ kind: 'cancel' });
    expect((await outcome()).status).not.toBe('ok');
  });

  it('leaves its process as it was for the next job', async () => {
    run('environ.setval', ['BRINE_TEST_VARIABLE', 'x']);
    await outcome();
    expect(process.env['BRINE_TEST_VARIABLE']).toBeUndefined();
  });

  it('works from its own files when the minion has no file server', async () => {
    fs.mkdirSync(path.join(folder, 'salt'));
    fs.writeFileSync(path.join(folder, 'salt', 'a'), 'local text\n');
    run(
      'cp.get_file_str',
      ['salt://a'],
      {},
      toValue({ file_client: 'local', file_roots: { base: [`${folder}/salt`] } }),
    );
    expect(shown(await outcome())).toEqual({ status: 'ok', retcode: 0, value: 'local text\n' });
    expect(said.filter(({ kind }) => kind === 'request')).toEqual([]);
  });
});
