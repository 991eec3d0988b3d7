import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { MinionBus, MinionBusOptions, MinionState } from '@brine/bus';
import {
  AppError,
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  silentLogger,
  type JobMessage,
  type JobReturn,
  type Value,
} from '@brine/common';
import { createManualClock, type ManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordLog } from '../store/record-log-store.ts';
import { createFakeWorkers, type FakeWorker, type FakeWorkers } from '../../test-support/fake-workers.ts';
import { createJobJournal } from './job-journal.ts';
import { createMinionDaemon, type MinionDaemon } from './minion-daemon.ts';

type Callbacks = Pick<MinionBusOptions, 'onPublication' | 'onRequest' | 'onState'>;

/** A master as the minion's bus shows it. */
interface FakeMaster {
  callbacks: Callbacks;
  state: MinionState;
  readonly requests: { verb: string; body: unknown }[];
  /** Whether requests are answered. */
  isUp: boolean;
  /** Requests that were not answered. */
  refused: number;
  connect(): void;
}

let folder: string;
let clock: ManualClock;
let master: FakeMaster;
let workers: FakeWorkers;
let daemons: MinionDaemon[];
let left: string | undefined;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-daemon-'));
  clock = createManualClock();
  daemons = [];
  left = undefined;
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Answers the look at the machine that a daemon begins with; everything else is left to the test. */
function playGrains(worker: FakeWorker, message: FakeWorker['told'][number]): void {
  if (message.kind !== 'run' || message.job.fun !== 'grains.ls') return;
  queueMicrotask(() => {
    worker.say({ kind: 'grains', grains: encodeValue(new Map([['id', 'web1']])) });
    worker.say({ kind: 'finished', outcome: { status: 'ok', value: encodeValue([]), retcode: 0 } });
  });
}

async function startDaemon(jobLimit = 4): Promise<MinionDaemon> {
  workers = createFakeWorkers(playGrains);
  const daemon = await createMinionDaemon({
    createBus: (callbacks) => fakeBus(callbacks),
    journal: await createJobJournal({
      opened: await openRecordLog(path.join(folder, 'journal')),
      clock,
      logger: silentLogger,
    }),
    launcher: workers,
    clock,
    logger: silentLogger,
    random: () => 0.5,
    options: new Map<Value, Value>([['id', 'web1']]),
    version: '0.1.0',
    saltVersion: '3006.9',
    jobLimit,
    drainMilliseconds: 8000,
    describeInterrupted: async () => left,
  });
  daemons.push(daemon);
  await daemon.start();
  master.connect();
  await until(() => master.requests.some(({ verb }) => verb === 'minion.hello'));
  return daemon;
}

function fakeBus(callbacks: Callbacks): MinionBus {
  const requests: FakeMaster['requests'] = [];
  master = {
    callbacks,
    state: 'connecting',
    requests,
    isUp: true,
    refused: 0,
    connect: () => {
      master.state = 'accepted';
      callbacks.onState('accepted', {});
    },
  };
  return {
    get state() {
      return master.state;
    },
    start: () => {},
    stop: async () => {},
    request: async (verb, body) => {
      if (!master.isUp) {
        master.refused += 1;
        throw new AppError({ code: 'bus-timeout', message: 'no answer' });
      }
      requests.push({ verb, body: decodeMessage(body) });
      return verb === 'minion.hello'
        ? encodeMessage({ masterVersion: '0.1.0', options: encodeValue(new Map([['state_top', 'top2.sls']])) })
        : encodeMessage({});
    },
    reconnect: async () => {},
    droppedFrames: () => ({}) as ReturnType<MinionBus['droppedFrames']>,
  };
}

/** Waits for something that the daemon is about to do; the journal really writes to the disk. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

const job = (jid: string, notAfter = clock.now() + 60_000): JobMessage => ({
  jid,
  fun: 'test.ping',
  argument: encodeValue([]),
  keywordArgument: encodeValue(new Map()),
  target: { type: 'glob', expression: '*' },
  user: 'root',
  notAfter,
});

const jids = ['20260102030405000001', '20260102030405000002', '20260102030405000003'] as const;

async function publish(message: JobMessage): Promise<void> {
  const { jid: id, notAfter } = message;
  await master.callbacks.onPublication({ id, sequence: 1n, body: encodeMessage(message), notAfter });
}

function findWorker(jid: string): FakeWorker | undefined {
  return workers.started.find(({ told }) => told.some((said) => said.kind === 'run' && said.job.jid === jid));
}

/** The worker that a job was given to, when it was. */
async function workerOf(jid: string): Promise<FakeWorker> {
  await until(() => findWorker(jid) !== undefined);
  const found = findWorker(jid);
  if (found === undefined) throw new Error(`no worker runs ${jid}`);
  return found;
}

function returns(): JobReturn[] {
  return master.requests.filter(({ verb }) => verb === 'job.return').map(({ body }) => body as JobReturn);
}

async function returned(count: number): Promise<JobReturn[]> {
  await until(() => returns().length >= count);
  return returns();
}

const finished = { kind: 'finished', outcome: { status: 'ok', value: encodeValue(true), retcode: 0 } } as const;

describe('createMinionDaemon', () => {
  it('tells the master its grains, and runs jobs with what the master decides', async () => {
    await startDaemon();
    expect(master.requests[0]).toEqual({
      verb: 'minion.hello',
      body: {
        version: '0.1.0',
        saltVersion: '3006.9',
        grains: encodeValue(new Map([['id', 'web1']])),
        runningJobs: [],
      },
    });
    await publish(job(jids[0]));
    const run = (await workerOf(jids[0])).told.at(-1);
    if (run?.kind !== 'run') throw new Error('nothing was run');
    expect((decodeValue(run.options) as Map<Value, Value>).get('state_top')).toBe('top2.sls');
    expect(run.grains).toEqual(encodeValue(new Map([['id', 'web1']])));
  });

  it('goes by the end of the publication, which is told by its own clock, and not by that of the master in the job', async () => {
    await startDaemon();
    const body = encodeMessage({ ...job(jids[0]), notAfter: clock.now() - 3_600_000 });
    await master.callbacks.onPublication({ id: jids[0], sequence: 1n, body, notAfter: clock.now() + 60_000 });
    await workerOf(jids[0]);
    const late = encodeMessage({ ...job(jids[1]), notAfter: clock.now() + 3_600_000 });
    await master.callbacks.onPublication({ id: jids[1], sequence: 2n, body: late, notAfter: clock.now() - 1 });
    expect(await returned(1)).toMatchObject([{ jid: jids[1], status: 'refused' }]);
  });

  it('runs a job once, however often it is published, and returns what its worker says', async () => {
    await startDaemon();
    await publish(job(jids[0]));
    await publish(job(jids[0]));
    const worker = await workerOf(jids[0]);
    clock.advance(25);
    worker.say(finished);
    await returned(1);
    await publish(job(jids[0]));
    expect(returns()).toEqual([
      {
        jid: jids[0],
        fun: 'test.ping',
        status: 'ok',
        value: encodeValue(true),
        retcode: 0,
        startedAt: clock.now() - 25,
        duration: 25,
      },
    ]);
  });

  it('sends a return again until the master has acknowledged it', async () => {
    await startDaemon();
    await publish(job(jids[0]));
    const worker = await workerOf(jids[0]);
    master.isUp = false;
    worker.say(finished);
    await until(() => master.refused === 1);
    expect(returns()).toEqual([]);
    master.isUp = true;
    clock.advance(500);
    expect((await returned(1)).map(({ jid }) => jid)).toEqual([jids[0]]);
  });

  it('reports after a restart what had begun as interrupted and runs what had not', async () => {
    await startDaemon(1);
    await publish(job(jids[0]));
    await publish(job(jids[1]));
    // The process is killed: nothing of it is closed in order.
    await startDaemon(1);
    const [interrupted] = await returned(1);
    expect(interrupted).toMatchObject({ jid: jids[0], status: 'interrupted', retcode: 1 });
    expect(decodeValue(interrupted?.value ?? new Uint8Array())).toBe(
      'The job did not end by itself: the minion ended while it ran.',
    );
    (await workerOf(jids[1])).say(finished);
    expect((await returned(2)).map(({ jid, status }) => [jid, status])).toEqual([
      [jids[0], 'interrupted'],
      [jids[1], 'ok'],
    ]);
  });

  it('returns with an interrupted job what it is known to have done', async () => {
    await startDaemon();
    await publish(job(jids[0]));
    const worker = await workerOf(jids[0]);
    worker.say({ kind: 'progress', progress: { jid: jids[0], done: 1, total: 3, failed: 0 } });
    left = 'state.apply:\n  done: 1';
    worker.exit('signal SIGKILL');
    const [interrupted] = await returned(1);
    expect([interrupted?.status, decodeValue(interrupted?.value ?? new Uint8Array())]).toEqual([
      'interrupted',
      'The job did not end by itself: its process ended with signal SIGKILL. 1 of 3 steps were done.\nstate.apply:\n  done: 1',
    ]);
  });

  it('does not begin a job whose time is over', async () => {
    await startDaemon(1);
    await publish(job(jids[0]));
    await publish(job(jids[1], clock.now() + 1000));
    const worker = await workerOf(jids[0]);
    clock.advance(1001);
    worker.say(finished);
    expect((await returned(2)).map(({ jid, status }) => [jid, status])).toEqual([
      [jids[0], 'ok'],
      [jids[1], 'refused'],
    ]);
  });

  it('cancels jobs that wait and jobs that run, and finds them', async () => {
    await startDaemon(1);
    await publish(job(jids[0]));
    await publish(job(jids[1]));
    (await workerOf(jids[0])).say({ kind: 'progress', progress: { jid: jids[0], done: 2, total: 5, failed: 0 } });
    const ask = async (verb: string, body: object): Promise<unknown> => {
      const { signal } = new AbortController();
      return decodeMessage(await master.callbacks.onRequest(verb, encodeMessage(body), signal));
    };
    expect(await ask('job.find', { jid: jids[0] })).toEqual({
      status: 'running',
      progress: { jid: jids[0], done: 2, total: 5, failed: 0 },
    });
    expect(await ask('job.find', { jid: jids[1] })).toEqual({ status: 'queued' });
    expect(await ask('job.cancel', { jid: jids[1], force: false })).toEqual({ cancelled: true });
    expect(await ask('job.cancel', { jid: jids[0], force: true })).toEqual({ cancelled: true });
    expect(await ask('job.cancel', { jid: jids[2], force: true })).toEqual({ cancelled: false });
    expect((await returned(2)).map(({ jid, status, value }) => [jid, status, decodeValue(value)])).toEqual([
      [jids[1], 'cancelled', 'The job was cancelled before it began.'],
      [jids[0], 'cancelled', 'The job did not end by itself: it was cancelled. 2 of 5 steps were done.'],
    ]);
  });

  it('refuses verbs that it does not know', async () => {
    await startDaemon();
    const { signal } = new AbortController();
    await expect(master.callbacks.onRequest('shell.open', encodeMessage({}), signal)).rejects.toMatchObject({
      code: 'verb-unknown',
    });
  });

  it('drops a publication that is no job, and acknowledges it', async () => {
    await startDaemon();
    for (const body of [encodeMessage({ jid: '../x' }), encodeMessage(null), encodeMessage([1])]) {
      await master.callbacks.onPublication({ id: 'x', sequence: 1n, body, notAfter: clock.now() + 1 });
    }
    expect(workers.started).toHaveLength(1);
  });

  it('lets a running job end before it stops, and begins no other', async () => {
    const daemon = await startDaemon(1);
    await publish(job(jids[0]));
    await publish(job(jids[1]));
    const worker = await workerOf(jids[0]);
    const stopped = daemon.stop();
    worker.say(finished);
    await stopped;
    expect(returns().map(({ jid, status }) => [jid, status])).toEqual([[jids[0], 'ok']]);
    expect(workers.started.every(({ isKilled }) => isKilled)).toBe(true);
    await startDaemon(1);
    expect((await workerOf(jids[1])).pid).toBe(1000);
  });

  it('interrupts a job that does not end while it stops', async () => {
    const daemon = await startDaemon();
    await publish(job(jids[0]));
    await workerOf(jids[0]);
    const stopped = daemon.stop();
    clock.advance(8000);
    await stopped;
    const [only] = returns();
    expect(only?.status).toBe('interrupted');
    expect(decodeValue(only?.value ?? new Uint8Array())).toBe('The job did not end by itself: the minion was stopped.');
  });
});
