import { createHash } from 'node:crypto';
import { createDataSeal } from '@brine/bus';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppError,
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  silentLogger,
  toValue,
  type Jid,
  type MinionId,
  type Value,
} from '@brine/common';
import type { MasterEvent } from '@brine/api';
import { createFileRoots, systemTreeDisk } from '@brine/sls';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { createFileService } from '../files/file-service.ts';
import { createReceivedFiles } from '../files/received-files-store.ts';
import { createDispatcher } from '../jobs/dispatcher.ts';
import { requireFunctionNames } from '../jobs/job-policy.ts';
import { createMineService } from '../mine/mine-service.ts';
import { createMinionDirectory } from '../minions/minion-directory.ts';
import type { PillarRequest } from '../pillar/pillar-service.ts';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import { describeVerbs } from './describe-verbs.ts';
import { answerVerb, verbs, type VerbServices } from './verb-table.ts';

const web1 = 'web1' as MinionId;
const jid = '20260101000000000001';

describe('what a minion can ask for', () => {
  let folder: string;
  let store: Store;
  let services: VerbServices;
  let pillarRequests: PillarRequest[];
  let tags: MasterEvent[];
  let stopEvents: () => void;
  const revoked: MinionId[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-verbs-'));
    writeFileSync(join(folder, 'top.sls'), 'base: {}\n');
    const clock = createManualClock();
    store = openSqliteStore(join(folder, 'jobs.db'), () => clock.now());
    const events = createEventBus(clock);
    const base = { store, clock, logger: silentLogger };
    const directory = await createMinionDirectory({
      ...base,
      seal: createDataSeal(new Uint8Array(32)),
      acceptedIds: () => [web1],
      nodegroups: () => new Map(),
    });
    const transport = { publish: async () => {}, withdraw: () => {}, cancel: async () => true };
    const dispatcher = createDispatcher({
      ...base,
      ...{ directory, events, transport, policy: requireFunctionNames, random: () => 0.5, nextJid: () => jid as Jid },
    });
    pillarRequests = [];
    services = {
      dispatcher,
      directory,
      events,
      mine: createMineService({ directory, access: undefined, logger: silentLogger }),
      peers: {
        publish: async () => ({ minions: [] }),
        run: () => ({ jid }),
        wait: async () => ({ isDone: true, value: null }),
      },
      files: createFileService(createFileRoots({ roots: new Map([['base', [folder]]]), disk: systemTreeDisk })),
      received: createReceivedFiles({
        directory: join(folder, 'received'),
        ...{ isOn: true, largestFile: 10, quota: 10_000 },
      }),
      pillar: {
        async compile(request) {
          pillarRequests.push(request);
          return {
            pillar: new Map<Value, Value>([['role', 'web']]),
            version: 'v1',
            secrets: ['s3cret'],
            redactionKey: new Uint8Array(32),
          };
        },
        close: async () => {},
      },
      masterVersion: '0.1.0',
      sharedOptions: () => new Map([['state_top', 'top.sls']]),
      revokeKey: (minion) => void revoked.push(minion),
    };
    tags = [];
    const controller = new AbortController();
    stopEvents = () => controller.abort();
    void (async () => {
      for await (const event of events.subscribe({ signal: controller.signal })) tags.push(event);
    })();
    await Promise.resolve();
  });
  afterEach(async () => {
    stopEvents();
    services.dispatcher.stop();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  async function ask(verb: string, body: object): Promise<Record<string, unknown>> {
    const answer = await answerVerb({ minion: web1, verb, body: encodeMessage(body) }, services);
    return { ...(decodeMessage(answer) as Record<string, unknown>) };
  }

  const hello = {
    version: '0.1.0',
    saltVersion: '3006.9',
    grains: encodeValue(new Map([['os', 'Debian']])),
    runningJobs: [],
  };

  it('deletes the key of the minion that asks for it', async () => {
    expect(await ask('key.revoke', {})).toEqual({});
    expect(revoked).toEqual([web1]);
  });

  it('greets: grains are remembered for targeting, and what the minion works by comes back', async () => {
    const answer = await ask('minion.hello', hello);
    expect(answer['masterVersion']).toBe('0.1.0');
    expect(decodeValue(answer['options'] as Uint8Array)).toEqual(new Map([['state_top', 'top.sls']]));
    expect(services.directory.match({ type: 'grain', expression: 'os:Debian' })).toEqual([web1]);
    await new Promise(setImmediate);
    expect(tags.map(({ tag }) => tag)).toEqual(['salt/minion/web1/start']);
  });

  it('shows grains in the event of a start, and takes new ones without another start', async () => {
    await ask('minion.hello', { ...hello, eventGrains: ['os', 'missing'] });
    await ask('minion.hello', { ...hello, grains: encodeValue(new Map([['os', 'Rocky']])), purpose: 'refresh' });
    await new Promise(setImmediate);
    expect(tags.map(({ payload }) => payload.get('grains'))).toEqual([new Map([['os', 'Debian']])]);
    expect(services.directory.grainsOf(web1)).toEqual(new Map([['os', 'Rocky']]));
  });

  it('greets a salt-call without taking its grains for those of the daemon', async () => {
    await ask('minion.hello', hello);
    await ask('minion.hello', { ...hello, grains: encodeValue(new Map([['id', 'web1']])), purpose: 'call' });
    expect(services.directory.grainsOf(web1)).toEqual(new Map([['os', 'Debian']]));
  });

  it('takes a return once and acknowledges it each time', async () => {
    const target = { type: 'glob', expression: '*' } as const;
    const request = { target, fun: 'test.ping', positional: [], keyword: new Map(), deliverWithin: 1000 };
    await services.dispatcher.submit(request, { via: 'socket', user: 'root' });
    const answer = {
      ...{ jid, fun: 'test.ping', status: 'ok', value: encodeValue(true), retcode: 0, startedAt: 1, duration: 2 },
    };
    expect(await ask('job.started', { jid, startedAt: 1 })).toEqual({});
    expect(await ask('job.return', answer)).toEqual({});
    expect(await ask('job.return', { ...answer, status: 'failed' })).toEqual({});
    expect((await store.deliveries(jid as Jid)).map(({ status }) => status)).toEqual(['ok']);
  });

  it('compiles pillar for the minion of the session, whoever it says it is', async () => {
    const grains = encodeValue(new Map([['id', 'db1']]));
    const answer = await ask('pillar.compile', { grains, minion: 'db1', id: 'db1', standing: true });
    expect(pillarRequests.map(({ minion }) => minion)).toEqual(['web1']);
    expect(decodeValue(answer['pillar'] as Uint8Array)).toEqual(new Map([['role', 'web']]));
    expect(services.directory.match({ type: 'pillar', expression: 'role:web' })).toEqual([web1]);
  });

  it('keeps for targets only the pillar a minion works with, not what was tried beside it', async () => {
    const grains = encodeValue(new Map());
    await ask('pillar.compile', { grains, pillarenv: 'dev' });
    await ask('pillar.compile', { grains, standing: true, override: encodeValue(new Map([['role', 'db']])) });
    expect(services.directory.kept.pillarOf(web1)).toBe(undefined);
  });

  it('keeps the mine of the minion of the session', async () => {
    const data = encodeValue(toValue({ greeting: 'hello', 'network.ip_addrs': ['10.0.0.1'] }));
    await ask('mine.store', { data });
    const answer = await ask('mine.get', { tgt: '*', fun: 'greeting' });
    expect(decodeValue(answer['found'] as Uint8Array)).toEqual(new Map([['web1', 'hello']]));
    await ask('mine.delete', { fun: 'greeting' });
    expect(services.directory.kept.mineOf(web1)).toEqual(toValue({ 'network.ip_addrs': ['10.0.0.1'] }));
    await ask('mine.flush', {});
    expect(services.directory.kept.mineOf(web1)).toBe(undefined);
  });

  it('serves files of the tree', async () => {
    const piece = await ask('file.read', { saltenv: 'base', path: 'top.sls', offset: 0, length: 100 });
    expect(Buffer.from(piece['bytes'] as Uint8Array).toString()).toBe('base: {}\n');
    expect(piece).toMatchObject({ size: 9, end: true });
    await expect(ask('file.read', { saltenv: 'base', path: '../jobs.db', offset: 0, length: 1 })).rejects.toMatchObject(
      {
        code: 'file-not-found',
      },
    );
    expect(await ask('file.environments', {})).toEqual({ environments: ['base'] });
  });

  it('stamps events with the minion they came from, and keeps tags of the master to the master', async () => {
    const payload = encodeValue(new Map([['id', 'db1']]));
    await ask('event.fire', { tag: 'deploy/done', payload });
    await ask('event.fire', { tag: 'salt/beacon/web1/load', payload });
    const jid = '20261129010203000000';
    await ask('event.fire', { tag: `salt/job/${jid}/prog/web1/0`, payload });
    await ask('event.fire', { tag: `salt/state_result/${jid}/web1/site/ready`, payload });
    const forged = [`salt/job/${jid}/ret/web1`, `salt/job/${jid}/prog/db1/0`, `salt/state_result/${jid}/db1/web1/x`];
    const others = [`salt/job/${jid}/web1/x`, `salt/state_result/${jid}/prog/web1/x`, 'salt/state_result/1/web1/x'];
    for (const tag of ['salt/key', ...forged, ...others, 'salt/minion/db1/start', 'salt/beacon/web10/x']) {
      await expect(ask('event.fire', { tag, payload })).rejects.toMatchObject({ code: 'event-refused' });
    }
    await new Promise(setImmediate);
    expect(tags.map((event) => [event.tag, event.payload.get('id')])).toEqual([
      ['deploy/done', 'web1'],
      ['salt/beacon/web1/load', 'web1'],
      [`salt/job/${jid}/prog/web1/0`, 'web1'],
      [`salt/state_result/${jid}/web1/site/ready`, 'web1'],
    ]);
    // Recorded beside a real master: what a state run tells has the job in place of `pretag`.
    expect(tags.map((event) => [...event.payload.keys()].filter((key) => key !== '_stamp'))).toEqual([
      ['id', 'tag', 'data', 'cmd', 'pretag'],
      ['id', 'tag', 'data', 'cmd', 'pretag'],
      ['id', 'tag', 'data', 'cmd', 'jid'],
      ['id', 'tag', 'data', 'cmd', 'jid'],
    ]);
    expect(tags.at(-1)?.payload.get('jid')).toBe(jid);
  });

  it('is what docs/verbs.md lists', () => {
    const page = readFileSync(new URL('../../../../docs/verbs.md', import.meta.url), 'utf8');
    const [asked = ''] = page.split('## Asked by the master');
    const listed = [...asked.matchAll(/^\| `([a-z.]+)` +\|/gm)].map((match) => match[1]);
    expect(listed).toEqual([...verbs.keys()]);
  });

  it('is what docs/verbs.md lists, member by member', () => {
    const page = readFileSync(new URL('../../../../docs/verbs.md', import.meta.url), 'utf8');
    const [asked = ''] = page.split('## Asked by the master');
    const bodies = new Map(
      [...asked.matchAll(/^\| `([a-z.]+)` +\| ([^|]*)\|/gm)].map(([, name, body]) => [name, body]),
    );
    const namesIn = (verb: string): string[] => {
      const body = (bodies.get(verb) ?? '').replace('as `job.return`', bodies.get('job.return') ?? '');
      return [...body.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
    };
    for (const { verb, members } of describeVerbs()) {
      // A member of a member is named by its own name there.
      const names = members.map(({ name }) => name.split('.').at(-1) ?? '');
      const listed = namesIn(verb);
      expect([verb, names.filter((name) => !listed.includes(name))]).toEqual([verb, []]);
      const values = members.flatMap(({ takes }) => [...takes.matchAll(/`(\w+)`/g)].map(([, value]) => value));
      expect([verb, listed.filter((name) => !names.includes(name) && !values.includes(name))]).toEqual([verb, []]);
    }
  });

  it('refuses what is in no table, and bodies that a verb does not take', async () => {
    for (const verb of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'job.submit', '']) {
      await expect(ask(verb, {})).rejects.toMatchObject({ code: 'verb-unknown' });
    }
    for (const verb of verbs.keys()) {
      const isHarmless = ['ping', 'file.environments', 'mine.flush', 'key.revoke'].includes(verb);
      for (const body of [[], 'text', 7, null]) {
        const asking = answerVerb({ minion: web1, verb, body: encodeMessage(body) }, services);
        await expect(asking).rejects.toBeInstanceOf(AppError);
      }
      if (!isHarmless) await expect(ask(verb, {})).rejects.toMatchObject({ code: 'request-malformed' });
    }
  });

  it('tells the tree with digests, and nothing to who knows it already', async () => {
    const first = await ask('file.manifest', { saltenv: 'base' });
    const content = createHash('sha256').update('base: {}\n').digest('hex');
    expect(first['entries']).toContainEqual({
      ...{ path: 'top.sls', kind: 'file', size: 9, mode: 0o644, sha256: content },
      modifiedAt: expect.any(Number) as number,
    });
    const { id } = first;
    expect(await ask('file.manifest', { saltenv: 'base', known: id })).toEqual({ id });
    writeFileSync(join(folder, 'top.sls'), 'base: []\n');
    const second = await ask('file.manifest', { saltenv: 'base', known: id });
    expect(second['entries']).not.toEqual(first['entries']);
    const read = { saltenv: 'base', path: 'top.sls', offset: 0, length: 100 };
    await expect(ask('file.read', { ...read, sha256: content })).rejects.toMatchObject({ code: 'file-changed' });
  });

  it('takes files under the id of who sends them', async () => {
    const sha256 = createHash('sha256').update('pushed').digest('hex');
    const piece = { path: 'etc/motd', offset: 0, size: 6, sha256, bytes: new TextEncoder().encode('pushed') };
    expect(await ask('file.push', { ...piece, minion: 'web2' })).toEqual({});
    expect(readFileSync(join(folder, 'received/web1/files/etc/motd'), 'utf8')).toBe('pushed');
    const climbing = { ...piece, path: '../../web2/files/x' };
    await expect(ask('file.push', climbing)).rejects.toMatchObject({ code: 'file-refused' });
  });
});
