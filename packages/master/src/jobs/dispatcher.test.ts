import { createDataSeal } from '@brine/bus';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeMessage,
  decodeValue,
  encodeValue,
  silentLogger,
  type Dict,
  type Jid,
  type JobReturn,
  type MinionId,
  type Value,
} from '@brine/common';
import type { JobEvent, MasterEvent } from '@brine/api';
import { sealFor } from '@brine/modules';
import { createManualClock, type ManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventBus, type EventBus } from '../events/event-bus.ts';
import { createMinionDirectory, type MinionDirectory } from '../minions/minion-directory.ts';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { requireFunctionNames } from './job-policy.ts';

const [web1, web2, db1] = ['web1', 'web2', 'db1'] as unknown as [MinionId, MinionId, MinionId];
const caller = { via: 'socket', user: 'root' } as const;
const ping = {
  target: { type: 'glob', expression: '*' },
  fun: 'test.ping',
  positional: [],
  keyword: new Map(),
  deliverWithin: 5000,
} as const;

interface Sent {
  readonly id: string;
  readonly minions: readonly MinionId[];
  readonly body: Uint8Array;
  readonly notAfter: number;
}

describe('the dispatcher', () => {
  let folder: string;
  let clock: ManualClock;
  let store: Store;
  let directory: MinionDirectory;
  let events: EventBus;
  let dispatcher: Dispatcher;
  let sent: Sent[];
  let withdrawn: string[];
  let accepted: MinionId[];

  async function open(): Promise<void> {
    store = openSqliteStore(join(folder, 'jobs.db'), () => clock.now());
    events = createEventBus(clock);
    const acceptedIds = (): readonly MinionId[] => accepted;
    const nodegroups = new Map([['front', 'web*']]);
    directory = await createMinionDirectory({
      store,
      seal: createDataSeal(new Uint8Array(32)),
      clock,
      logger: silentLogger,
      acceptedIds,
      nodegroups: () => nodegroups,
    });
    let number = 0;
    dispatcher = createDispatcher({
      ...{ store, directory, events, clock, policy: requireFunctionNames, logger: silentLogger },
      transport: {
        async publish(publication) {
          sent.push(publication);
        },
        withdraw: (jid, minion) => void withdrawn.push(`${jid} ${minion}`),
        cancel: async (minion) => minion === web1,
      },
      random: () => 0.5,
      nextJid: () => `2026010100000000000${(number += 1)}` as Jid,
    });
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-dispatcher-'));
    clock = createManualClock();
    [sent, withdrawn, accepted] = [[], [], [db1, web1, web2]];
    await open();
  });
  afterEach(async () => {
    dispatcher.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  function answer(jid: string, value: Value = true, status: JobReturn['status'] = 'ok'): JobReturn {
    const retcode = status === 'ok' ? 0 : 1;
    return { jid, fun: 'test.ping', status, value: encodeValue(value), retcode, startedAt: 1, duration: 2 };
  }

  async function followed(jid: string, patience = 1000, patienceWithVanished?: number): Promise<JobEvent[]> {
    const seen: JobEvent[] = [];
    const wish = { patience, ...(patienceWithVanished === undefined ? {} : { patienceWithVanished }) };
    for await (const event of dispatcher.follow(jid, { ...wish, signal: new AbortController().signal }))
      seen.push(event);
    return seen;
  }

  it('accepts a job durably, names its minions and publishes it to them', async () => {
    const job = await dispatcher.submit({ ...ping, positional: [1] }, caller);
    expect(job).toEqual({ jid: '20260101000000000001', minions: [db1, web1, web2] });
    expect(sent.map(({ id, minions, notAfter }) => ({ id, minions, notAfter }))).toEqual([
      { id: job.jid, minions: [db1, web1, web2], notAfter: clock.now() + 5000 },
    ]);
    expect(decodeMessage(sent[0]?.body ?? new Uint8Array())).toMatchObject({
      jid: job.jid,
      fun: 'test.ping',
      user: 'root',
    });
    expect((await store.deliveries(job.jid as Jid)).map(({ status }) => status)).toEqual([
      'queued',
      'queued',
      'queued',
    ]);
  });

  it('refuses targets that are wrong or empty and what is no function, before anything is stored', async () => {
    const empty = { ...ping, target: { type: 'glob', expression: 'mail*' } } as const;
    const wrong = { ...ping, target: { type: 'pcre', expression: '(' } } as const;
    await expect(dispatcher.submit(empty, caller)).rejects.toMatchObject({ code: 'target-empty', exitCode: 2 });
    await expect(dispatcher.submit(wrong, caller)).rejects.toMatchObject({ code: 'target-invalid' });
    expect(dispatcher.resolve({ type: 'nodegroup', expression: 'front' })).toEqual([web1, web2]);
    expect(() => dispatcher.resolve({ type: 'nodegroup', expression: 'rear' })).toThrow("there is no nodegroup 'rear'");
    for (const fun of ['__proto__', 'ping', 'test.ping;id', 'constructor.name()']) {
      await expect(dispatcher.submit({ ...ping, fun }, caller)).rejects.toMatchObject({ code: 'job-refused' });
    }
    expect(await store.listJobs({ limit: 10 })).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('gives a job the id that the client chose, unless another has it or it lies ahead', async () => {
    const chosen = '20250101000000000007';
    expect(await dispatcher.submit({ ...ping, jid: chosen }, caller)).toMatchObject({ jid: chosen });
    await expect(dispatcher.submit({ ...ping, jid: chosen }, caller)).rejects.toMatchObject({ code: 'job-exists' });
    for (const jid of ['7', '99990101000000000007', `${chosen}0`])
      await expect(dispatcher.submit({ ...ping, jid }, caller)).rejects.toMatchObject({ code: 'request-invalid' });
    expect((await store.listJobs({ limit: 10 })).map(({ jid }) => jid)).toEqual([chosen]);
  });

  it('makes one job of a request that is repeated, also after a restart', async () => {
    const once = { key: 'deploy', digest: 'a' };
    const [first, second] = await Promise.all([
      dispatcher.submit({ ...ping, once }, caller),
      dispatcher.submit({ ...ping, once }, caller),
    ]);
    expect(second).toEqual(first);
    const none = { ...ping, target: { type: 'glob', expression: 'mail*' } } as const;
    const failed = { key: 'failed', digest: 'c' };
    await expect(dispatcher.submit({ ...none, once: failed }, caller)).rejects.toMatchObject({ code: 'target-empty' });
    expect(await dispatcher.submit({ ...ping, once: failed }, caller)).not.toEqual(first);
    dispatcher.stop();
    await store.close();
    await open();
    expect(await dispatcher.submit({ ...ping, once }, caller)).toEqual(first);
    await expect(dispatcher.submit({ ...ping, once: { ...once, digest: 'b' } }, caller)).rejects.toMatchObject({
      code: 'idempotency-conflict',
    });
    expect((await store.listJobs({ limit: 10 })).map(({ jid }) => jid)).toHaveLength(2);
  });

  it('shows a follower everything until each minion is done', async () => {
    accepted = [web1, web2];
    directory.setConnected(web1, true);
    directory.setConnected(web2, true);
    const { jid } = await dispatcher.submit(ping, caller);
    await dispatcher.returned(web2, answer(jid));
    const following = followed(jid);
    await new Promise(setImmediate);
    await dispatcher.delivered(web1, jid);
    await dispatcher.started(web1, jid);
    dispatcher.progressed(web1, { jid, done: 1, total: 3, current: 'nginx', failed: 0 });
    await dispatcher.returned(web1, answer(jid, 'no', 'failed'));
    const result = { jid, fun: 'test.ping', startedAt: 1, duration: 2 };
    expect(await following).toEqual([
      { kind: 'submitted', jid, minions: [web1, web2] },
      { kind: 'status', minion: web1, status: 'queued' },
      { kind: 'return', minion: web2, status: 'ok', value: true, retcode: 0, ...result },
      { kind: 'status', minion: web1, status: 'delivered' },
      { kind: 'status', minion: web1, status: 'running' },
      { kind: 'progress', minion: web1, progress: { jid, done: 1, total: 3, current: 'nginx', failed: 0 } },
      { kind: 'return', minion: web1, status: 'failed', value: 'no', retcode: 1, ...result },
      { kind: 'end' },
    ]);
  });

  it('shows an answer with its secrets once, to who submitted the job for that, and keeps it without', async () => {
    const { jid } = await dispatcher.submit(
      { ...ping, target: { type: 'list', expression: 'web1' }, showsSecrets: true },
      caller,
    );
    const { revealTo } = decodeMessage(sent[0]?.body ?? new Uint8Array()) as { readonly revealTo: Uint8Array };
    const shown = answer(jid, 'secret:word#a1b2');
    await dispatcher.returned(web1, { ...shown, sealedValue: sealFor(encodeValue('hunter2'), revealTo) });
    const signal = new AbortController().signal;
    const valuesOf = async (showsSecrets: boolean): Promise<Value[]> => {
      const values: Value[] = [];
      for await (const event of dispatcher.follow(jid, { patience: 1000, signal, showsSecrets }))
        if (event.kind === 'return') values.push(event.value);
      return values;
    };
    expect(await valuesOf(false)).toEqual(['secret:word#a1b2']);
    expect(await valuesOf(true)).toEqual(['hunter2']);
    expect(await valuesOf(true)).toEqual(['secret:word#a1b2']);
    expect((await store.deliveries(jid as Jid)).map(({ value }) => decodeValue(value ?? new Uint8Array()))).toEqual([
      'secret:word#a1b2',
    ]);
  });

  it('ends what nobody took in time as expired, and still records a late return', async () => {
    accepted = [web1];
    const { jid } = await dispatcher.submit(ping, caller);
    const following = followed(jid);
    await new Promise(setImmediate);
    clock.advance(5000);
    expect((await following).slice(2)).toEqual([
      { kind: 'return', minion: web1, jid, fun: 'test.ping', status: 'expired', value: null, retcode: 1 },
      { kind: 'end' },
    ]);
    await dispatcher.returned(web1, answer(jid));
    expect((await store.deliveries(jid as Jid)).map(({ status }) => status)).toEqual(['ok']);
  });

  it('withdraws what expired, so that no clock brings it back', async () => {
    accepted = [web1];
    const { jid } = await dispatcher.submit(ping, caller);
    clock.advance(5000);
    await vi.waitFor(() => expect(withdrawn).toEqual([`${jid} web1`]), { timeout: 20_000 });
    expect((await store.deliveries(jid as Jid)).map(({ status }) => status)).toEqual(['expired']);
  });

  it('moves deadlines with a clock that is set back, and expires what is due by one that is set forward', async () => {
    accepted = [web1];
    const end = async (jid: string): Promise<number> =>
      ((await store.findDelivery(jid as Jid, web1))?.notAfter ?? 0) - clock.now();
    const { jid } = await dispatcher.submit({ ...ping, deliverWithin: 600_000 }, caller);
    await dispatcher.clockStepped(-60_000);
    expect(await end(jid)).toBe(540_000);
    await dispatcher.clockStepped(60_000);
    expect(await end(jid)).toBe(540_000);
    await dispatcher.clockStepped(-540_000);
    expect((await store.findDelivery(jid as Jid, web1))?.status).toBe('expired');
  });

  it('tells a follower that a minion with the job has been away too long, without ending the job', async () => {
    accepted = [web1];
    directory.setConnected(web1, true);
    const { jid } = await dispatcher.submit(ping, caller);
    await dispatcher.delivered(web1, jid);
    const following = followed(jid, 1000);
    await new Promise(setImmediate);
    directory.setConnected(web1, false);
    dispatcher.connectionsChanged();
    await new Promise(setImmediate);
    clock.advance(1000);
    expect((await following).slice(2)).toEqual([
      { kind: 'unreachable', minion: web1, status: 'delivered' },
      { kind: 'end' },
    ]);
    expect((await store.unfinished()).map(({ status }) => status)).toEqual(['delivered']);
  });

  it('has less patience with a minion that vanished than with one that said that it stops', async () => {
    accepted = [web1, web2];
    for (const minion of accepted) directory.setConnected(minion, true);
    const { jid } = await dispatcher.submit(ping, caller);
    for (const minion of accepted) await dispatcher.delivered(minion, jid);
    const seen: JobEvent[] = [];
    const following = followed(jid, 120_000, 30_000).then((events) => seen.push(...events));
    await new Promise(setImmediate);
    directory.setConnected(web1, false, 'left');
    directory.setConnected(web2, false, 'silent');
    dispatcher.connectionsChanged();
    await new Promise(setImmediate);
    clock.advance(30_000);
    await new Promise(setImmediate);
    directory.setConnected(web1, true);
    await dispatcher.returned(web1, answer(jid));
    await following;
    expect(seen.filter(({ kind }) => kind === 'unreachable')).toEqual([
      { kind: 'unreachable', minion: web2, status: 'delivered' },
    ]);
    expect(seen.filter(({ kind }) => kind === 'return')).toHaveLength(1);
  });

  it('takes a repeated return once', async () => {
    accepted = [web1];
    const { jid } = await dispatcher.submit(ping, caller);
    const controller = new AbortController();
    const returns: MasterEvent[] = [];
    const reading = (async () => {
      for await (const event of events.subscribe({ tag: 'salt/job/*/ret/*', signal: controller.signal }))
        returns.push(event);
    })();
    await dispatcher.returned(web1, answer(jid, 'first'));
    await dispatcher.returned(web1, answer(jid, 'second'));
    await new Promise(setImmediate);
    controller.abort();
    await reading;
    expect(returns.map(({ tag, payload }) => [tag, (payload as Dict).get('return')])).toEqual([
      [`salt/job/${jid}/ret/web1`, 'first'],
    ]);
  });

  it('withdraws what waits and asks minions that run it, when a job is cancelled', async () => {
    directory.setConnected(web1, true);
    const { jid } = await dispatcher.submit(ping, caller);
    await dispatcher.started(web1, jid);
    await dispatcher.returned(web2, answer(jid));
    expect(await dispatcher.cancel(jid, caller)).toEqual([db1, web1]);
    expect(withdrawn).toEqual([`${jid} db1`]);
    expect((await store.deliveries(jid as Jid)).map(({ status }) => status)).toEqual(['cancelled', 'running', 'ok']);
  });

  it('publishes again what waited when the master was stopped', async () => {
    const { jid } = await dispatcher.submit(ping, caller);
    await dispatcher.delivered(web1, jid);
    dispatcher.stop();
    await store.close();
    sent = [];
    await open();
    await dispatcher.start();
    expect(sent.map(({ id, minions }) => ({ id, minions }))).toEqual([{ id: jid, minions: [db1, web2] }]);
  });

  describe('with durable jobs', () => {
    const highstate = { ...ping, fun: 'state.apply', durable: true, deliverWithin: 604_800_000 } as const;

    it('tells a follower at once whom the job waits for, and keeps it until its own end', async () => {
      accepted = [web1, web2];
      directory.setConnected(web1, true);
      const { jid } = await dispatcher.submit(highstate, caller);
      const following = followed(jid);
      await new Promise(setImmediate);
      await dispatcher.returned(web1, answer(jid));
      expect((await following).filter(({ kind }) => kind !== 'status')).toEqual([
        { kind: 'submitted', jid, minions: [web1, web2] },
        { kind: 'unreachable', minion: web2, status: 'queued' },
        expect.objectContaining({ kind: 'return', minion: web1, status: 'ok' }),
        { kind: 'end' },
      ]);
      clock.advance(604_799_999);
      expect((await store.unfinished()).map(({ minion, status }) => [minion, status])).toEqual([[web2, 'queued']]);
    });

    it('lets a newer highstate supersede an equal one that waits, for the same minions only', async () => {
      const older = await dispatcher.submit(highstate, caller);
      await dispatcher.started(web1, older.jid);
      const forWeb = { ...highstate, target: { type: 'glob', expression: 'web*' } } as const;
      const newer = await dispatcher.submit(
        { ...forWeb, fun: 'state.highstate', keyword: new Map([['queue', true]]) },
        caller,
      );
      expect(withdrawn).toEqual([`${older.jid} web2`]);
      const superseded = (await store.deliveries(older.jid as Jid)).map(({ minion, status, value }) => {
        return { minion, status, ...(value === undefined ? {} : { value: decodeValue(value) }) };
      });
      expect(superseded).toEqual([
        { minion: db1, status: 'queued' },
        { minion: web1, status: 'running' },
        { minion: web2, status: 'cancelled', value: `Superseded by the newer job ${newer.jid}.` },
      ]);
    });

    it.each([
      ['a dry run', { keyword: new Map([['test', true]]) }],
      ['named states', { positional: ['nginx'] }],
      ['another function', { fun: 'test.ping' }],
      ['a job that does not wait', { durable: false, deliverWithin: 5000 }],
    ])('leaves a waiting highstate alone when %s is asked for', async (_what, change) => {
      const older = await dispatcher.submit(highstate, caller);
      await dispatcher.submit({ ...highstate, ...change }, caller);
      expect((await store.deliveries(older.jid as Jid)).map(({ status }) => status)).toEqual(Array(3).fill('queued'));
    });
  });

  it('ends what is open for a minion whose key is gone', async () => {
    const [waiting, running] = [await dispatcher.submit(ping, caller), await dispatcher.submit(ping, caller)];
    await dispatcher.started(web1, running.jid);
    await dispatcher.abandon(web1);
    expect(withdrawn).toEqual([`${waiting.jid} web1`, `${running.jid} web1`]);
    const statuses = await Promise.all(
      [waiting, running].map(async ({ jid }) => (await store.deliveries(jid as Jid)).map(({ status }) => status)),
    );
    expect(statuses).toEqual([
      ['queued', 'cancelled', 'queued'],
      ['queued', 'interrupted', 'queued'],
    ]);
  });

  it('says that a job does not exist', async () => {
    await expect(followed('20200101000000000001')).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(dispatcher.cancel('../../etc/passwd', caller)).rejects.toMatchObject({ code: 'job-unknown' });
  });
});
