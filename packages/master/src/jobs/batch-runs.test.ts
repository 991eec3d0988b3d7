import { createDataSeal } from '@brine/bus';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeValue,
  encodeValue,
  silentLogger,
  type Jid,
  type JobReturn,
  type MinionId,
  type Value,
} from '@brine/common';
import type { JobEvent, JobRequest } from '@brine/api';
import { createManualClock, type ManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { createMinionDirectory, type MinionDirectory } from '../minions/minion-directory.ts';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { requireFunctionNames } from './job-policy.ts';

const all = ['a', 'b', 'c', 'd', 'e'] as unknown as [MinionId, MinionId, MinionId, MinionId, MinionId];
const [a, b, c, d, e] = all;
const caller = { via: 'socket', user: 'root' } as const;
const jid = '20260101000000000001' as Jid;
const ping: JobRequest = {
  target: { type: 'glob', expression: '*' },
  fun: 'test.ping',
  positional: [],
  keyword: new Map(),
  deliverWithin: 5000,
  patience: 1000,
};

describe('a job in batches', () => {
  let folder: string;
  let clock: ManualClock;
  let store: Store;
  let directory: MinionDirectory;
  let dispatcher: Dispatcher;
  let sent: { readonly minions: readonly MinionId[]; readonly notAfter: number }[];

  async function open(): Promise<void> {
    store = openSqliteStore(join(folder, 'jobs.db'), () => clock.now());
    const common = { store, clock, logger: silentLogger };
    directory = await createMinionDirectory({
      ...common,
      seal: createDataSeal(new Uint8Array(32)),
      acceptedIds: () => all,
      nodegroups: () => new Map(),
    });
    for (const minion of all) directory.setConnected(minion, true);
    const lots = [0.9, 0.1, 0.8, 0.2, 0.7];
    dispatcher = createDispatcher({
      ...{ ...common, directory, events: createEventBus(clock), policy: requireFunctionNames, nextJid: () => jid },
      transport: {
        publish: async ({ minions, notAfter }) => void sent.push({ minions, notAfter }),
        withdraw: () => {},
        cancel: async () => true,
      },
      random: () => lots.shift() ?? 0.5,
    });
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-batch-'));
    clock = createManualClock();
    sent = [];
    await open();
  });
  afterEach(async () => {
    dispatcher.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  /** Waits until the batch has taken in what happened, by what can be seen of it. */
  async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await isSo())) await new Promise((resolve) => setImmediate(resolve));
  }
  const released = (): readonly MinionId[] => sent.flatMap(({ minions }) => minions);
  const statuses = async (): Promise<string> =>
    (await store.deliveries(jid)).map(({ minion, status }) => `${minion}:${status}`).join(' ');

  async function ends(minion: MinionId, status: JobReturn['status'] = 'ok'): Promise<void> {
    const retcode = status === 'ok' ? 0 : 1;
    const common = { jid, fun: 'test.ping', value: encodeValue(true), startedAt: 1, duration: 2 };
    await dispatcher.returned(minion, { ...common, status, retcode });
  }

  async function followed(): Promise<JobEvent[]> {
    const seen: JobEvent[] = [];
    const signal = new AbortController().signal;
    for await (const event of dispatcher.follow(jid, { patience: 1000, signal })) seen.push(event);
    return seen;
  }

  it('goes to as many minions as there are places, and to the next as each ends', async () => {
    const job = await dispatcher.submit({ ...ping, batch: { size: '40%' } }, caller);
    expect(job.minions).toEqual(all);
    expect(sent).toEqual([{ minions: [a, b], notAfter: clock.now() + 5000 }]);
    clock.advance(60_000 - 1);
    await ends(b);
    await until(() => released().length === 3);
    expect(sent[1]).toEqual({ minions: [c], notAfter: clock.now() + 5000 });
    const watching = followed();
    for (const minion of [a, c, d, e]) {
      await until(() => released().includes(minion));
      await ends(minion);
    }
    const seen = await watching;
    expect(seen.filter(({ kind }) => kind === 'batch')).toEqual([
      { kind: 'batch', minions: [a, b, c] },
      { kind: 'batch', minions: [d] },
      { kind: 'batch', minions: [e] },
    ]);
    expect(await statuses()).toBe('a:ok b:ok c:ok d:ok e:ok');
  });

  it('waits for batch-wait before a place is taken again', async () => {
    await dispatcher.submit({ ...ping, batch: { size: '1', wait: 3000 } }, caller);
    const watching = followed();
    await ends(a);
    await ends(b, 'failed');
    clock.advance(2999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(released()).toEqual([a]);
    await until(() => clock.advance(1) === undefined && released().length > 1);
    expect(released()).toEqual([a, c]);
    void watching;
  });

  it('stops with failhard: what was not released ends cancelled', async () => {
    await dispatcher.submit({ ...ping, batch: { size: '2', failhard: true } }, caller);
    await ends(a, 'failed');
    await ends(b);
    await followed();
    expect(await statuses()).toBe('a:failed b:ok c:cancelled d:cancelled e:cancelled');
    expect(released()).toEqual([a, b]);
  });

  it('is not held up by a minion that dies with the job, nor by one that is not there', async () => {
    await dispatcher.submit({ ...ping, batch: { size: '1' } }, caller);
    await dispatcher.started(a, jid);
    directory.setConnected(a, false);
    dispatcher.connectionsChanged();
    await until(() => {
      clock.advance(200);
      return released().length === 2;
    });
    await until(async () => {
      clock.advance(5001);
      return (await statuses()).includes('b:expired') && released().length === 3;
    });
    expect(released()).toEqual([a, b, c]);
  });

  it('goes on where it was after the master was started again', async () => {
    await dispatcher.submit({ ...ping, batch: { size: '2' } }, caller);
    await ends(a);
    await until(() => released().length === 3);
    dispatcher.stop();
    await ends(b);
    await store.close();
    sent = [];
    await open();
    await dispatcher.start();
    // What nobody had taken is sent once more, and the place of the one that ended is taken.
    expect(sent.map(({ minions }) => minions)).toEqual([[c], [d]]);
    for (const minion of [c, d, e]) {
      await until(() => released().includes(minion));
      await ends(minion);
    }
    expect(await statuses()).toBe('a:ok b:ok c:ok d:ok e:ok');
  });

  it('can be cancelled, the part that waits too', async () => {
    await dispatcher.submit({ ...ping, batch: { size: '1' } }, caller);
    const watching = followed();
    expect(await dispatcher.cancel(jid, caller)).toEqual(all);
    await watching;
    expect(await statuses()).toBe('a:cancelled b:cancelled c:cancelled d:cancelled e:cancelled');
    expect(released()).toEqual([a]);
  });

  it('is made of a job for many minions when a safe limit says so', async () => {
    await dispatcher.submit({ ...ping, safeBatch: { limit: 5, size: '1' } }, caller);
    expect(released()).toEqual([a]);
    await expect(dispatcher.submit({ ...ping, batch: { size: 'x' } }, caller)).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('is refused for contents of files, which are kept nowhere', async () => {
    const contents = new TextEncoder().encode('top secret');
    const copy: JobRequest = {
      ...ping,
      fun: 'cp.recv',
      positional: [
        new Map<Value, Value>([
          ['/etc/key', contents],
          ['/etc/b', 'top secret'],
        ]),
        '/dest',
      ],
    };
    await expect(dispatcher.submit({ ...copy, batch: { size: '1' } }, caller)).rejects.toMatchObject({
      code: 'request-invalid',
    });
    await dispatcher.submit(copy, caller);
    const kept = decodeValue((await store.findJob(jid))?.positional ?? encodeValue([]));
    expect(kept).toEqual([
      new Map([
        ['/etc/key', '(10 bytes)'],
        ['/etc/b', '(10 bytes)'],
      ]),
      '/dest',
    ]);
    expect(readFileSync(join(folder, 'jobs.db')).includes('top secret')).toBe(false);
    expect(readFileSync(join(folder, 'jobs.db-wal')).includes('top secret')).toBe(false);
    sent = [];
    await dispatcher.start();
    expect(sent).toEqual([]);
  });

  it('draws a subset, those that are there first, and names it as the target', async () => {
    directory.setConnected(d, false);
    const job = await dispatcher.submit({ ...ping, subset: 3, metadata: 'release 7' }, caller);
    expect(job.minions).toEqual([b, c, e]);
    expect(await store.findJob(jid)).toMatchObject({
      target: { type: 'list', expression: 'b,c,e' },
      metadata: 'release 7',
    });
  });
});
