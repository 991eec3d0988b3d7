import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMinionBus, createZeromqTransport, generateIdentity } from '@brine/bus';
import {
  encodeMessage,
  encodeValue,
  parseMinionId,
  silentLogger,
  systemClock,
  type MinionId,
  type Value,
} from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from '../fleet/fleet.ts';
import { createEvilMinion, joinEvilMinion, type EvilMinion } from './evil-minion.ts';

/** One test for each class of Salt's advisories that has not a file of its own; `docs/security.md` lists them all. */
let fleet: Fleet;
let evil: EvilMinion;

beforeAll(async () => {
  fleet = await createFleet();
  fleet.folder.write('states/open.txt', 'for everybody\n');
  await fleet.startMaster({ file_recv: true, file_recv_max_size: 1 });
  await fleet.join('web1');
  evil = await joinEvilMinion(fleet, 'evil');
});

afterAll(async () => {
  await evil.bus.stop();
  await fleet.end();
});

const received = (): string => fleet.folder.at('master/var/cache/salt/master/minions');

function piece(path: string, content: string, change: object = {}): object {
  const sha256 = '0'.repeat(64);
  return { path, offset: 0, size: content.length, sha256, bytes: new TextEncoder().encode(content), ...change };
}

describe('an accepted minion', () => {
  it.each([
    ...['../../../../etc/cron.d/x', '/etc/cron.d/x', '../web1/files/x', 'a/../../x', '..', '.', 'a//b', 'a\0b', ''],
  ])('CVE-2024-38824: pushes no file outside its folder (%j)', async (path) => {
    const before = readdirSync(fleet.folder.path, { recursive: true }).length;
    const outcome = await evil.ask('file.push', piece(path, 'x'));
    expect(outcome).toEqual({ code: expect.stringMatching(/^(?:file-refused|request-malformed)$/) as string });
    expect(readdirSync(fleet.folder.path, { recursive: true }).length).toBe(before);
  });

  it('CVE-2024-38824: pushes no more than allowed, whatever it says of the size', async () => {
    const large = 'x'.repeat(1_048_577);
    expect(await evil.ask('file.push', piece('large', 'x', { size: 1_048_577 }))).toEqual({ code: 'file-too-large' });
    expect(await evil.ask('file.push', piece('large', large))).toEqual({ code: 'request-malformed' });
    expect(await evil.ask('file.push', piece('large', 'xx', { size: 1 }))).toEqual({ code: 'file-too-large' });
    expect(await evil.ask('file.push', piece('large', 'x', { offset: 500, size: 501 }))).toEqual({
      code: 'file-out-of-order',
    });
    expect(await evil.ask('file.push', piece('large', 'x', { offset: -1 }))).toEqual({ code: 'request-malformed' });
  });

  it('CVE-2013-4439, CVE-2024-38822: is who its key says, whatever a body claims', async () => {
    await evil.ask('file.push', piece('mine', 'x', { id: 'web1', minion: 'web1' }));
    const folders = readdirSync(received()).toSorted();
    expect(folders.filter((name) => name !== 'evil')).toEqual([]);
  });

  it('CVE-2023-20897: does not wear the master out with bodies that mean nothing', async () => {
    const bodies = Array.from({ length: 300 }, (_, index) =>
      evil.askBytes('minion.hello', new Uint8Array(index).fill(0xc1)),
    );
    const outcomes = await Promise.all(bodies);
    expect(outcomes.filter((outcome) => 'answer' in outcome)).toEqual([]);
    expect(await fleet.json('salt', '--static', 'web1', 'test.ping')).toEqual({ web1: true });
  });

  it('CVE-2025-22242: does not stop the file server with a pipe in the tree', async () => {
    const { spawnSync } = await import('node:child_process');
    expect(spawnSync('mkfifo', [fleet.folder.at('states/pipe')]).status).toBe(0);
    const read = { saltenv: 'base', path: 'pipe', offset: 0, length: 10 };
    expect(await evil.ask('file.read', read)).toEqual({ code: 'file-not-found' });
    expect(await evil.ask('file.manifest', { saltenv: 'base' })).toHaveProperty('answer');
  });

  it('CVE-2025-22236, CVE-2025-22239: puts no job, key or run on the event bus', async () => {
    const payload = encodeValue(new Map<Value, Value>());
    const tags = ['salt/job/20300101000000000000/new', 'salt/key', 'salt/auth', 'salt/run/x/new', 'salt/wheel/x/new'];
    for (const tag of tags) expect(await evil.ask('event.fire', { tag, payload })).toEqual({ code: 'event-refused' });
  });
});

describe('a minion whose key is deleted', () => {
  it('CVE-2016-9639: is heard no more, and leaves nothing to the next of its name', async () => {
    const gone = await joinEvilMinion(fleet, 'gone');
    const grains = encodeValue(new Map<Value, Value>([['role', 'secret-role']]));
    const hello = { version: '1', saltVersion: '1', grains, runningJobs: [] };
    expect(await gone.ask('minion.hello', hello)).toHaveProperty('answer');
    await fleet.run('salt-key', '-y', '-d', 'gone');
    await fleet.master().logged('minion disconnected', { minion: 'gone' });
    expect(await gone.ask('ping', {})).toHaveProperty('code');
    const next = await joinEvilMinion(fleet, 'gone');
    expect(await fleet.json('salt-run', 'cache.grains', 'gone')).not.toMatchObject({ gone: { role: 'secret-role' } });
    await Promise.all([gone.bus.stop(), next.bus.stop()]);
  });
});

describe('a second key under a known id', () => {
  it('CVE-2012-3408 (Puppet): takes nothing over from the first, which goes on', async () => {
    const twin = createEvilMinion(fleet, 'web1');
    twin.bus.start();
    await fleet.master().logged('key changed', { id: 'web1', action: 'denied' });
    expect(await twin.ask('ping', {})).toHaveProperty('code');
    expect(await fleet.json('salt', '--static', 'web1', 'test.ping')).toEqual({ web1: true });
    await twin.bus.stop();
  });
});

describe('the key of a master', () => {
  it('CVE-2011-3872 (Puppet): is of no use as the key of a minion, nor the other way round', () => {
    const { identity } = generateIdentity('master');
    const id = parseMinionId('evil2') as MinionId;
    const options = {
      ...{ identity, id, transport: createZeromqTransport(), clock: systemClock, logger: silentLogger },
      random: Math.random,
      master: { host: '127.0.0.1', port: fleet.folder.returnPort },
      trust: { kind: 'first-use', pin: async () => {} } as const,
      sequenceStore: { load: () => 0n, save: () => {} },
      onPublication: async () => {},
      onRequest: async () => encodeMessage({}),
      onState: () => {},
    };
    expect(() => createMinionBus(options)).toThrow(expect.objectContaining({ code: 'bus-key-role' }) as Error);
  });
});

describe('what a minion sent', () => {
  it('CVE-2015-8034: is for the user of the master alone', async () => {
    mkdirSync(fleet.folder.at('web1-files'), { recursive: true });
    writeFileSync(fleet.folder.at('web1-files/report'), 'private', { mode: 0o666 });
    expect(await fleet.json('salt', '--static', 'web1', 'cp.push', fleet.folder.at('web1-files/report'))).toEqual({
      web1: true,
    });
    const paths = readdirSync(received(), { recursive: true, encoding: 'utf8' });
    expect(paths.some((path) => path.endsWith('/report'))).toBe(true);
    expect(paths.filter((path) => (lstatSync(join(received(), path)).mode & 0o077) !== 0)).toEqual([]);
  });
});
