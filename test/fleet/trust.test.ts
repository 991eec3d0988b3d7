import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createZeromqTransport } from '@brine/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let steady: Daemon;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  const [joined] = await fleet.join('steady');
  if (joined === undefined) throw new Error('no minion');
  steady = joined;
});

afterAll(async () => {
  await fleet.end();
});

const ping = async (target: string): Promise<unknown> => fleet.json('salt', '--static', target, 'test.ping');
const finger = async (): Promise<string> =>
  ((await fleet.json('salt-key', '-F')) as { local: { 'master.pub': string } }).local['master.pub'];

describe('join tokens', () => {
  it('let one minion in without anybody accepting it, and only when it meets the right master', async () => {
    const { stdout, status } = await fleet.run(
      'salt-key',
      '--token',
      'create',
      '--id',
      'web*',
      '--expires',
      '10m',
      '-q',
    );
    expect(status).toBe(0);
    const token = stdout.trim();
    expect(token).not.toContain('\n');
    const wrong = token.replace(/[^.]+$/, 'ab'.repeat(32));
    const careful = fleet.startMinion('web1', { join_token: wrong });
    await careful.logged('master shows another key than the trusted one');
    expect(await fleet.json('salt-key', '-l', 'pre')).toEqual({ minions_pre: [] });
    await careful.stop();
    const tokenFile = fleet.folder.at('token');
    writeFileSync(tokenFile, `${token}\n`);
    const web1 = fleet.startMinion('web1', { join_token_file: tokenFile });
    await web1.logged('connected to the master');
    expect(await ping('web1')).toEqual({ web1: true });
    const web2 = fleet.startMinion('web2', { join_token_file: tokenFile });
    await web2.logged('key waits to be accepted on the master');
    const listed = Object.values((await fleet.json('salt-key', '--token', 'list')) as object) as readonly object[];
    expect(listed).toMatchObject([{ id: 'web*', status: 'used', 'used by': 'web1' }]);
    await Promise.all([web1.stop(), web2.stop()]);
  });
});

describe('keys made before their minion', () => {
  it('are accepted by a file, and the minion is in at once', async () => {
    const made = fleet.folder.at('made');
    expect((await fleet.run('salt-key', '--gen-keys', 'early', '--gen-keys-dir', made)).status).toBe(0);
    expect(await fleet.run('salt-key', '--gen-keys', 'early', '--gen-keys-dir', made)).toMatchObject({ status: 1 });
    const pki = fleet.folder.at('early/etc/salt/pki/minion');
    mkdirSync(pki, { recursive: true });
    cpSync(`${made}/early.pem`, `${pki}/minion.pem`);
    cpSync(`${made}/early.pub`, `${pki}/minion.pub`);
    cpSync(`${made}/early.pub`, fleet.folder.at('master/etc/salt/pki/master/minions/early'));
    const early = fleet.startMinion('early');
    await early.logged('connected to the master');
    expect(await ping('early')).toEqual({ early: true });
    await early.stop();
  });
});

describe('a deleted key', () => {
  it('can be restored; the minion goes on as if nothing had been', async () => {
    const mark = steady.mark();
    await fleet.run('salt-key', '-d', 'steady', '-y');
    await steady.logged('key waits to be accepted on the master', {}, mark);
    expect(await fleet.json('salt-key', '-l', 'deleted')).toEqual({ minions_deleted: ['steady'] });
    const again = steady.mark();
    expect(await fleet.run('salt-key', '--restore', 'steady')).toEqual({
      status: 0,
      stdout: 'Key for minion steady restored: it is accepted.\n',
      stderr: '',
    });
    await steady.logged('connected to the master', {}, again);
    expect(await ping('steady')).toEqual({ steady: true });
  });
});

describe('renewed keys', () => {
  it('of the master are followed by minions in a session, and by those that were away, by themselves', async () => {
    const [away] = await fleet.join('away');
    const before = await finger();
    await away?.stop();
    const mark = steady.mark();
    expect((await fleet.run('salt-key', '--rotate-master', '-y')).stdout).toContain(before);
    const after = await finger();
    expect(after).not.toBe(before);
    expect(await ping('steady')).toEqual({ steady: true });
    await fleet.run('salt-key', '--rotate-master', '-y');
    const back = fleet.startMinion('away', { master_finger: before });
    await back.logged('connected to the master');
    expect(await ping('away')).toEqual({ away: true });
    expect(await ping('steady')).toEqual({ steady: true });
    await fleet.master().stop();
    await fleet.startMaster();
    await steady.logged('connected to the master', {}, mark);
    expect(await ping('steady')).toEqual({ steady: true });
    await back.stop();
    const once = fleet.startMinion('away', { master_finger: before });
    await once.logged('connected to the master');
    await once.stop();
  });

  it('of a minion take the place of its old one, which opens nothing any more', async () => {
    const pki = fleet.folder.at('steady/etc/salt/pki/minion');
    const stolen = readFileSync(`${pki}/minion.pem`);
    const mark = steady.mark();
    const { stdout, status } = await fleet.run('salt-key', '--rotate', 'steady');
    expect(status).toBe(0);
    await steady.logged('connected to the master', {}, mark);
    const { minions } = (await fleet.json('salt-key', '-f', 'steady')) as { minions: { steady: string } };
    expect(stdout).toBe(`Minion steady renews its key: ${minions.steady}\n`);
    expect(await ping('steady')).toEqual({ steady: true });
    expect(existsSync(`${pki}/minion.pem.next`)).toBe(false);
    await steady.stop();
    steady = fleet.startMinion('steady');
    await steady.logged('connected to the master');
    cpSync(fleet.folder.at('steady/etc'), fleet.folder.at('thief/etc'), { recursive: true });
    writeFileSync(fleet.folder.at('thief/etc/salt/pki/minion/minion.pem'), stolen);
    const settings = readFileSync(fleet.folder.at('steady/minion'), 'utf8');
    writeFileSync(
      fleet.folder.at('thief/minion'),
      settings.replaceAll(fleet.folder.at('steady'), fleet.folder.at('thief')),
    );
    const thief = fleet.start('salt-minion', 'thief', ['-l', 'info']);
    await thief.line((line) => line.includes('key is refused by the master'));
    thief.signal('SIGTERM');
    await thief.ended;
  });
});

describe('a minion that was away when its key was to be renewed', () => {
  it('renews it when it comes back, also after a restart of the master', async () => {
    const keyOf = async (): Promise<string> =>
      ((await fleet.json('salt-key', '-f', 'away')) as { minions: { away: string } }).minions.away;
    const before = await keyOf();
    expect(await fleet.run('salt-key', '--rotate', 'away')).toEqual({
      status: 0,
      stdout: 'Minion away is not connected: it renews its key when it comes back.\n',
      stderr: '',
    });
    expect(await keyOf()).toBe(before);
    const mark = steady.mark();
    await fleet.master().stop();
    await fleet.startMaster();
    await steady.logged('connected to the master', {}, mark);
    const away = fleet.startMinion('away');
    await fleet.master().logged('key changed', { id: 'away', action: 'rotate' });
    expect(await ping('away')).toEqual({ away: true });
    expect(await keyOf()).not.toBe(before);
    expect(existsSync(fleet.folder.at('master/etc/salt/pki/master/minions_to_renew/away'))).toBe(false);
    await away.stop();
  });
});

describe('a copy of a minion', () => {
  it('is turned away and told of, and the minion that was there first goes on', async () => {
    cpSync(fleet.folder.at('steady/etc'), fleet.folder.at('copy/etc'), { recursive: true });
    const settings = readFileSync(fleet.folder.at('steady/minion'), 'utf8');
    writeFileSync(
      fleet.folder.at('copy/minion'),
      settings.replaceAll(fleet.folder.at('steady'), fleet.folder.at('copy')),
    );
    const mark = steady.mark();
    const copy = fleet.start('salt-minion', 'copy', ['-l', 'info']);
    await copy.line((line) => line.includes('key is refused by the master') && line.includes('"twin"'));
    const { stderr } = await fleet.run('salt-key', '-L');
    expect(stderr).toMatch(/^WARNING: a second machine showed the key of steady at \S+ and was turned away\.\n$/);
    expect(await ping('steady')).toEqual({ steady: true });
    await expect(
      Promise.race([steady.logged('connection state', {}, mark), Promise.resolve('undisturbed')]),
    ).resolves.toBe('undisturbed');
    copy.signal('SIGTERM');
    await copy.ended;
  });

  it('is denied when it has another id, and everybody is told whose key it is', async () => {
    const renamed = fleet.folder.at('renamed');
    cpSync(fleet.folder.at('steady/etc'), `${renamed}/etc`, { recursive: true });
    const minion = fleet.startMinion('renamed');
    await minion.logged('key is refused by the master', { state: 'denied' });
    const { stderr } = await fleet.run('salt-key', '-L');
    expect(stderr).toContain('WARNING: renamed was denied: it shows the key of steady. ');
    expect(await ping('steady')).toEqual({ steady: true });
    await minion.stop();
    const log = readFileSync(fleet.folder.at('master/var/log/salt/key'), 'utf8');
    expect(log).toMatch(/^\S+ clone steady (?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/m);
    expect(log).toMatch(/^\S+ clone renamed \S+ key-of=steady$/m);
    expect(log).toMatch(/^\S+ accept web1 \S+ by=token$/m);
    expect(log).toMatch(/^\S+ rotate steady \S+ by=succession$/m);
  });
});

describe('a minion', () => {
  it('renews its own key and goes on, and has it revoked only where the master lets it', async () => {
    const finger1 = await fleet.json('salt-key', '-f', 'steady');
    let mark = steady.mark();
    expect(await fleet.json('salt', '--static', 'steady', 'saltutil.regen_keys')).toEqual({ steady: null });
    await steady.logged('connected to the master', {}, mark);
    expect(await fleet.json('salt-key', '-f', 'steady')).not.toEqual(finger1);
    expect(await ping('steady')).toEqual({ steady: true });
    mark = steady.mark();
    expect(await fleet.json('salt', '--static', 'steady', 'saltutil.revoke_auth')).toEqual({ steady: true });
    await steady.logged('key waits to be accepted on the master', {}, mark);
    expect(await fleet.json('salt-key', '-l', 'pre')).toMatchObject({ minions_pre: ['steady'] });
    expect(await fleet.json('salt-key', '-l', 'acc')).not.toHaveProperty(['minions', 'steady']);
  });
});

describe('several masters', () => {
  it('are given up one by one that take connections and say nothing, after `auth_timeout`', async () => {
    const transport = createZeromqTransport();
    const silent = await transport.bindRouter({ interface: '127.0.0.1', port: 0 });
    try {
      const minion = fleet.startMinion('patient', {
        master: [`127.0.0.1:${silent.port}`, `127.0.0.1:${fleet.folder.returnPort}`],
        ...{ auth_timeout: 1, recon_default: 50, recon_max: 50 },
      });
      await minion.logged('connection state', { reason: 'the master did not answer in time' });
      expect(await minion.logged('key waits to be accepted on the master')).toHaveProperty('masterFingerprint');
      await minion.stop();
    } finally {
      await silent.close();
    }
  });

  it('are tried one after another until one answers', async () => {
    const minion = fleet.startMinion('roaming', {
      master: ['127.0.0.1:1', '127.0.0.1:2', `127.0.0.1:${fleet.folder.returnPort}`],
      master_type: 'failover',
      recon_default: 50,
      recon_max: 50,
    });
    expect(await minion.logged('key waits to be accepted on the master')).toHaveProperty('masterFingerprint');
    await minion.stop();
  });
});
