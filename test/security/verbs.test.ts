import { symlinkSync } from 'node:fs';
import { decodeMessage, decodeValue, encodeValue, type Value } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from '../fleet/fleet.ts';
import { joinEvilMinion, type EvilMinion } from './evil-minion.ts';

const canary = 'CANARY-file-77c1';
let fleet: Fleet;
let evil: EvilMinion;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write('states/open.txt', 'for everybody\n');
  folder.write('secret.txt', canary);
  symlinkSync(folder.at('secret.txt'), folder.at('states/link.txt'));
  symlinkSync(folder.path, folder.at('states/folder'));
  folder.write('pillar/top.sls', "base:\n  'web1':\n    - secret\n");
  folder.write('pillar/secret.sls', `password: ${canary}\n`);
  await fleet.startMaster();
  await fleet.join('web1');
  evil = await joinEvilMinion(fleet, 'evil');
});

afterAll(async () => {
  await evil.bus.stop();
  await fleet.end();
});

const noGrains = encodeValue(new Map<Value, Value>());

describe('an accepted minion that means harm', () => {
  const paths = [
    ...['../secret.txt', '/../secret.txt', 'a/../../secret.txt', './../secret.txt', '..\\secret.txt', '..'],
    ...['%2e%2e/secret.txt', '..%2fsecret.txt', '..%00/secret.txt', '\0../secret.txt', 'open.txt\0/../../secret.txt'],
    ...['salt://../secret.txt', '|../secret.txt', '../states/../secret.txt', '//etc/passwd', '/etc/passwd', '.'],
    ...['link.txt', 'folder/secret.txt', 'folder/states/../secret.txt', 'open.txt?saltenv=../', 'x'.repeat(4096)],
  ];

  it.each(paths)('reads no file outside the roots (%j)', async (path) => {
    const environments = ['base', '..', '../..', '/', '__env__', '__proto__', 'constructor', 'base/../..'];
    for (const saltenv of environments) {
      const read = await evil.ask('file.read', { saltenv, path, offset: 0, length: 1000 });
      if (path.startsWith('open.txt?') && 'answer' in read) throw new Error('an environment was left');
      expect(read).toEqual({ code: 'file-not-found' });
      expect(await evil.ask('file.hash', { saltenv, path })).toEqual({ code: 'file-not-found' });
    }
  });

  it('reads the files that are served', async () => {
    const read = await evil.ask('file.read', { saltenv: 'base', path: 'open.txt', offset: 0, length: 1000 });
    if (!('answer' in read)) throw new Error(read.code);
    expect(decodeMessage(read.answer)).toMatchObject({ size: 14, end: true });
  });

  it.each([
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'then', 'valueOf', 'minion.hello\0', 'PING'],
    ...['_pillar', 'publish', 'wheel', 'runner', '_prep_auth_info', 'job.cancel', 'job.find', 'local.options'],
  ])('finds no verb %j', async (verb) => {
    // What is no name of a verb at all does not even leave the bus.
    expect(await evil.ask(verb, {})).toEqual({ code: expect.stringMatching(/^(?:verb-unknown|bus-verb)$/) as string });
  });

  it.each([
    ...['minion.hello', 'job.started', 'job.progress', 'job.return', 'event.fire', 'pillar.compile', 'file.manifest'],
    ...['file.hash', 'file.read'],
  ])('gets nowhere with a malformed body of %s', async (verb) => {
    const deep: unknown[] = [];
    for (let level = 0, inner = deep; level < 60; level += 1) inner = inner[inner.push([]) - 1] as unknown[];
    const bodies: readonly unknown[] = [
      ...[null, true, 5, 'text', [], {}, { jid: {} }, { jid: '../../x', saltenv: 5, path: [], grains: 'text' }, deep],
      { jid: '1'.repeat(20), fun: 7, status: 'ok', value: noGrains, retcode: 'no', startedAt: null, duration: {} },
      { saltenv: 'x'.repeat(1_000_000), path: 'x'.repeat(1_000_000), tag: 'x'.repeat(1_000_000) },
      { ['__proto__']: { saltenv: 'base', path: 'open.txt' }, constructor: { prototype: {} } },
    ];
    for (const body of bodies) expect(await evil.ask(verb, body)).toEqual({ code: 'request-malformed' });
    for (const bytes of [new Uint8Array(), new Uint8Array([0xc1]), new Uint8Array(1000).fill(0x81)]) {
      expect(await evil.askBytes(verb, bytes)).toEqual({
        code: expect.stringMatching(/^(?:wire-|request-malformed)/) as string,
      });
    }
    expect(await evil.ask('ping', {})).toHaveProperty('answer');
  });

  it('gets its own pillar, whatever its grains say', async () => {
    const grains = encodeValue(new Map<Value, Value>([['id', 'web1']]));
    const override = encodeValue(new Map<Value, Value>([['id', 'web1']]));
    const compiled = await evil.ask('pillar.compile', { grains, override, id: 'web1', minion: 'web1' });
    if (!('answer' in compiled)) throw new Error(compiled.code);
    expect(Buffer.from(compiled.answer).includes(canary)).toBe(false);
    const { pillar } = decodeMessage(compiled.answer) as { readonly pillar: Uint8Array };
    expect(decodeValue(pillar)).toEqual(new Map([['id', 'web1']]));
  });

  it('cannot answer in the place of another, nor for a job that is not its own', async () => {
    const [job] = Object.keys((await fleet.json('salt', '--static', 'web1', 'test.ping')) as object);
    expect(job).toBe('web1');
    const [jid = ''] = Object.keys((await fleet.json('salt-run', 'jobs.list_jobs')) as object);
    const before = await fleet.json('salt-run', 'jobs.list_job', jid);
    const lie = { jid, fun: 'test.ping', status: 'failed', value: encodeValue('a lie'), retcode: 1 };
    const sent = { ...lie, startedAt: 1, duration: 1, id: 'web1', minion: 'web1' };
    expect(await evil.ask('job.return', sent)).toHaveProperty('answer');
    await evil.ask('job.return', { ...sent, jid: '20300101000000000000' });
    await evil.ask('job.started', { jid, startedAt: 1 });
    expect(await fleet.json('salt-run', 'jobs.list_job', jid)).toEqual(before);
    expect(Object.keys((await fleet.json('salt-run', 'jobs.list_jobs')) as object)).toEqual([jid]);
  });

  it.each([
    ...['salt/job/20300101000000000000/ret/web1', 'salt/auth', 'salt/key', 'salt/minion/web1/start', 'salt/'],
    ...['salt/minion/evil/../web1/start', 'salt/beacon/web1/load', 'salt/presence/change', 'salt/run/x/ret'],
  ])('cannot fire %j', async (tag) => {
    const outcome = await evil.ask('event.fire', { tag, payload: noGrains });
    if (tag.startsWith('salt/minion/evil/')) expect(outcome).toHaveProperty('answer');
    else expect(outcome).toEqual({ code: 'event-refused' });
  });

  it('cannot change what is known of another with its grains', async () => {
    const before = await fleet.json('salt-run', 'cache.grains', 'web1');
    const grains = encodeValue(
      new Map<Value, Value>([
        ['id', 'web1'],
        ['role', 'taken'],
      ]),
    );
    const hello = { version: '1', saltVersion: '1', grains, runningJobs: [], id: 'web1' };
    expect(await evil.ask('minion.hello', hello)).toHaveProperty('answer');
    expect(await fleet.json('salt-run', 'cache.grains', 'web1')).toEqual(before);
    expect(await fleet.json('salt', '--preview-target', 'web1', 'test.ping')).toEqual(['web1']);
  });

  it('has left the master as it was for everybody else', async () => {
    expect(await fleet.json('salt', '--static', 'web1', 'test.ping')).toEqual({ web1: true });
  });
});
