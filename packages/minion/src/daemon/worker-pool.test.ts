import { encodeMessage, encodeValue, silentLogger } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import type { ToWorker } from '../worker/worker-messages.ts';
import { createFakeWorkers } from '../../test-support/fake-workers.ts';
import { createWorkerPool, type WorkerJob, type WorkerPool } from './worker-pool.ts';

const outcome = { status: 'ok', value: encodeValue(true), retcode: 0 } as const;

function job(jid: string): WorkerJob {
  const message: Extract<ToWorker, { kind: 'run' }> = {
    kind: 'run',
    job: { jid, fun: 'test.ping', argument: encodeValue([]), keywordArgument: encodeValue(new Map()), user: 'root' },
    options: encodeValue(new Map()),
  };
  return { message, onProgress: () => {} };
}

function setUp(jobsPerWorker = 50, idle: { readonly idleMilliseconds?: number } = {}) {
  const workers = createFakeWorkers();
  const clock = createManualClock();
  const asked: string[] = [];
  const pool: WorkerPool = createWorkerPool({
    launcher: workers,
    clock,
    logger: silentLogger,
    onRequest: async (verb, body) => {
      asked.push(verb);
      return body;
    },
    onGrains: () => {},
    graceMilliseconds: 5000,
    jobsPerWorker,
    ...idle,
  });
  return { workers, clock, pool, asked };
}

describe('createWorkerPool', () => {
  it('has a worker ready before the first job and uses it again after it', async () => {
    const { workers, pool } = setUp();
    pool.warmUp();
    expect(workers.started).toHaveLength(1);
    for (const jid of ['1', '2']) {
      const work = pool.run(job(jid));
      workers.started[0]?.say({ kind: 'finished', outcome });
      expect(await work.result).toEqual(outcome);
    }
    expect(workers.started).toHaveLength(1);
  });

  it('runs jobs side by side and keeps one worker afterwards', async () => {
    const { workers, pool } = setUp();
    const works = [pool.run(job('1')), pool.run(job('2'))];
    expect(workers.started).toHaveLength(2);
    for (const worker of workers.started) worker.say({ kind: 'finished', outcome });
    await Promise.all(works.map(({ result }) => result));
    expect(workers.started.map(({ isKilled }) => isKilled)).toEqual([false, true]);
  });

  it('replaces a worker that has done its share', async () => {
    const { workers, pool } = setUp(1);
    const work = pool.run(job('1'));
    workers.started[0]?.say({ kind: 'finished', outcome });
    await work.result;
    expect(workers.started.map(({ isKilled }) => isKilled)).toEqual([true, false]);
  });

  it('ends a worker that has had nothing to do for a while, and starts another for the next job', async () => {
    const { workers, pool, clock } = setUp(50, { idleMilliseconds: 60_000 });
    const work = pool.run(job('1'));
    clock.advance(120_000);
    expect(workers.started[0]?.isKilled).toBe(false);
    workers.started[0]?.say({ kind: 'finished', outcome });
    await work.result;
    clock.advance(60_000);
    expect(workers.started[0]?.isKilled).toBe(true);
    pool.run(job('2'));
    expect(workers.started).toHaveLength(2);
  });

  it('calls a job interrupted when its worker is gone', async () => {
    const { workers, pool } = setUp();
    const work = pool.run(job('1'));
    workers.started[0]?.exit('signal SIGSEGV');
    expect(await work.result).toEqual({ status: 'interrupted', reason: 'its process ended with signal SIGSEGV' });
  });

  it('asks a cancelled job to end, keeps what it had done, and does not use its worker again', async () => {
    const { workers, pool } = setUp();
    const work = pool.run(job('1'));
    work.cancel(false);
    const [worker] = workers.started;
    expect(worker?.told.at(-1)).toEqual({ kind: 'cancel' });
    worker?.say({ kind: 'finished', outcome: { ...outcome, status: 'failed', retcode: 1 } });
    expect(await work.result).toEqual({ ...outcome, status: 'cancelled', retcode: 1 });
    expect(worker?.isKilled).toBe(true);
  });

  it('kills a cancelled job that does not end in its grace period, and at once when forced', async () => {
    const { workers, clock, pool } = setUp();
    const slow = pool.run(job('1'));
    slow.cancel(false);
    clock.advance(4999);
    expect(workers.started[0]?.isKilled).toBe(false);
    clock.advance(1);
    expect(await slow.result).toEqual({ status: 'cancelled', reason: 'it was cancelled' });
    const forced = pool.run(job('2'));
    forced.cancel(true);
    expect(await forced.result).toEqual({ status: 'cancelled', reason: 'it was cancelled' });
  });

  it('hands requests of a worker to the master and the answers back', async () => {
    const { workers, pool, asked } = setUp();
    pool.run(job('1'));
    const [worker] = workers.started;
    worker?.say({ kind: 'request', request: 7, verb: 'file.read', body: encodeMessage({ path: 'a' }) });
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(['file.read']);
    expect(worker?.told.at(-1)).toEqual({ kind: 'answer', request: 7, body: encodeMessage({ path: 'a' }) });
  });
});
