import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeValue, type Jid, type JobReturn, type MinionId } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from './sqlite-job-store.ts';
import type { JobRecord, Store } from './store.ts';

const web1 = 'web1' as MinionId;
const web2 = 'web2' as MinionId;
const first = '20261121000000000001' as Jid;
const second = '20261121000000000002' as Jid;

function job(jid: Jid, notAfter = 2000): JobRecord {
  return {
    jid,
    fun: 'test.ping',
    positional: encodeValue([1]),
    keyword: encodeValue(new Map()),
    target: { type: 'glob', expression: '*' },
    user: 'root',
    createdAt: 1000,
    notAfter,
  };
}

function answer(jid: Jid): JobReturn {
  const value = encodeValue(true);
  return { jid, fun: 'test.ping', status: 'ok', value, retcode: 0, startedAt: 1500, duration: 3.5 };
}

describe('the SQLite store', () => {
  let folder: string;
  let store: Store;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-store-'));
    store = openSqliteStore(join(folder, 'var', 'jobs.db'), () => 1234);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps jobs, deliveries and counters over a restart', async () => {
    await store.addJob(job(first), [web2, web1]);
    await store.finish(web1, answer(first));
    await store.setCounter('sequence', 12345678901234567890n);
    await store.close();
    store = openSqliteStore(join(folder, 'var', 'jobs.db'), () => 9999);
    expect(await store.findJob(first)).toEqual(job(first));
    expect(await store.deliveries(first)).toEqual([
      {
        jid: first,
        minion: web1,
        status: 'ok',
        updatedAt: 1234,
        startedAt: 1500,
        retcode: 0,
        value: encodeValue(true),
        duration: 3.5,
      },
      { jid: first, minion: web2, status: 'queued', notAfter: 2000, updatedAt: 1234 },
    ]);
    expect(await store.counter('sequence')).toBe(12345678901234567890n);
    expect(await store.counter('unknown')).toBe(0n);
    expect(await store.lastJid()).toBe(first);
  });

  it('is readable by its owner only', () => {
    expect(statSync(join(folder, 'var', 'jobs.db')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'var')).mode & 0o777).toBe(0o700);
  });

  it('moves a delivery forward only and records one return only', async () => {
    await store.addJob(job(first), [web1]);
    expect(await store.advance(first, web1, 'running')).toBe(true);
    expect(await store.advance(first, web1, 'delivered')).toBe(false);
    expect(await store.finish(web1, answer(first))).toBe(true);
    expect(await store.finish(web1, answer(first))).toBe(false);
    expect(await store.advance(first, web1, 'running')).toBe(false);
    expect(await store.finish(web2, answer(first))).toBe(false);
  });

  it('expires what nobody took, and lets a late return still count', async () => {
    await store.addJob(job(first, 2000), [web1, web2]);
    await store.addJob(job(second, 5000), [web1]);
    await store.advance(first, web2, 'delivered');
    expect(await store.nextExpiry()).toBe(2000);
    expect(await store.expireQueued(1999)).toEqual([]);
    expect(await store.expireQueued(2000)).toEqual([{ jid: first, minion: web1 }]);
    expect(await store.nextExpiry()).toBe(5000);
    expect(await store.finish(web1, answer(first))).toBe(true);
  });

  it('lists jobs newest first, page by page', async () => {
    await store.addJob(job(first), [web1]);
    await store.addJob(job(second), [web1]);
    expect((await store.listJobs({ limit: 10 })).map(({ jid }) => jid)).toEqual([second, first]);
    expect((await store.listJobs({ limit: 10, before: second })).map(({ jid }) => jid)).toEqual([first]);
  });

  it('prunes old jobs, but none that still lives', async () => {
    await store.addJob(job(first), [web1]);
    await store.addJob(job(second), [web1]);
    await store.finish(web1, answer(first));
    expect(await store.prune(1001)).toBe(1);
    expect(await store.findJob(first)).toBeUndefined();
    expect(await store.deliveries(first)).toEqual([]);
    expect(await store.unfinished()).toHaveLength(1);
  });

  it('prunes a job of many minions bit by bit, to its end', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => `m${index}` as MinionId);
    await store.addJob(job(first), many);
    await store.addJob(job(second), [web1]);
    await Promise.all([
      ...many.map(async (minion) => store.finish(minion, answer(first))),
      store.finish(web1, answer(second)),
    ]);
    let turns = 0;
    let isDone = false;
    const pruned = store.prune(Number.MAX_SAFE_INTEGER).finally(() => (isDone = true));
    for (; !isDone; turns += 1) await new Promise(setImmediate);
    expect(await pruned).toBe(2);
    expect(turns).toBeGreaterThan(2);
    expect(await store.deliveries(first)).toEqual([]);
    expect(await store.listJobs({ limit: 5 })).toEqual([]);
  });

  it('brings what was written from the log into the database, and removes old jobs when that is done', async () => {
    // However the answers are grouped in commits, they fill more pages than the log keeps.
    const many = Array.from({ length: 1000 }, (_, index) => `m${index}` as MinionId);
    await store.addJob(job(first), many);
    const value = encodeValue('x'.repeat(4000));
    await Promise.all(many.map(async (minion) => store.finish(minion, { ...answer(first), value })));
    expect(await store.prune(0)).toBe(0);
    expect(statSync(join(folder, 'var', 'jobs.db')).size).toBeGreaterThan(1_000_000);
  });

  it('cancels with a newer job what waits of an older one in its lane, or does neither', async () => {
    const inLane = (jid: Jid): JobRecord => ({ ...job(jid), durable: true, lane: 'highstate' });
    await store.addJob(inLane(first), [web1, web2]);
    await store.advance(first, web2, 'delivered');
    const statuses = async (jid: Jid): Promise<unknown> =>
      (await store.deliveries(jid)).map(({ minion, status }) => [minion, status]);
    // A job that is not taken takes nothing away.
    await expect(store.addJob(inLane(first), [web1])).rejects.toMatchObject({ code: 'job-exists' });
    expect(await statuses(first)).toEqual([
      [web1, 'queued'],
      [web2, 'delivered'],
    ]);
    expect(await store.addJob(inLane(second), [web1, web2])).toEqual([{ jid: first, minion: web1 }]);
    expect(await statuses(first)).toEqual([
      [web1, 'cancelled'],
      [web2, 'delivered'],
    ]);
    expect(await statuses(second)).toEqual([
      [web1, 'queued'],
      [web2, 'queued'],
    ]);
  });

  it('knows which jobs the master runs itself', async () => {
    await store.addJob({ ...job(first), own: true }, [web1]);
    await store.addJob({ ...job(second), fun: 'runner.like' }, [web1]);
    expect([(await store.findJob(first))?.own, (await store.findJob(second))?.own]).toEqual([true, undefined]);
  });

  it('replaces what it knows of a minion', async () => {
    const minion = { id: web1, grains: encodeValue(new Map()), version: '0.1.0', saltVersion: '3006.9', seenAt: 1 };
    await store.saveMinion(minion);
    await store.saveMinion({ ...minion, seenAt: 2 });
    expect(await store.minions()).toEqual([{ ...minion, seenAt: 2 }]);
    await store.removeMinion(web1);
    expect(await store.minions()).toEqual([]);
  });

  it('fails a write alone, not its neighbours of the same moment', async () => {
    await store.addJob(job(first), [web1]);
    const results = await Promise.allSettled([store.addJob(job(first), [web1]), store.addJob(job(second), [web1])]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await store.findJob(second)).toEqual(job(second));
  });

  it('names the file when it cannot be opened', () => {
    const path = join(folder, 'broken.db');
    mkdirSync(path);
    expect(() => openSqliteStore(path, () => 0)).toThrow(`cannot open the store ${path}: `);
  });
});
