import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  await fleet.join('steady');
});

afterAll(async () => {
  await fleet.end();
});

const ping = async (target: string): Promise<unknown> => fleet.json('salt', '--static', target, 'test.ping');

describe('the keys of a fleet', () => {
  it('lets nobody in before the key is accepted, and at once after that', async () => {
    const minion = fleet.startMinion('fresh');
    await minion.logged('key waits to be accepted on the master');
    expect(await fleet.json('salt-key', '-L')).toEqual({
      minions: ['steady'],
      minions_denied: [],
      minions_pre: ['fresh'],
      minions_rejected: [],
    });
    expect(await fleet.run('salt', 'fresh', 'test.ping')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'salt: No minions matched the target. No command was sent, no jid was assigned.\n',
    });
    expect(await ping('*')).toEqual({ steady: true });
    expect((await fleet.run('salt-key', '-a', 'fresh', '-y')).stdout).toBe(
      'The following keys are going to be accepted:\nUnaccepted Keys:\nfresh\nKey for minion fresh accepted.\n',
    );
    await minion.logged('connected to the master');
    expect(await ping('*')).toEqual({ fresh: true, steady: true });
  });

  it('shows the same fingerprints on both sides', async () => {
    const fingers = (await fleet.json('salt-key', '-F')) as { local: object; minions: { steady: string } };
    expect(fingers.minions.steady).toMatch(/^(?:[0-9a-f]{2}:){31}[0-9a-f]{2}$/);
    const own = await fleet.call('steady', '--local', 'key.finger', '--out', 'json');
    expect(JSON.parse(own.stdout)).toEqual({ local: fingers.minions.steady });
    const ofMaster = await fleet.call('steady', '--local', 'key.finger_master', '--out', 'json');
    expect(fingers.local).toEqual({ 'master.pub': (JSON.parse(ofMaster.stdout) as { local: string }).local });
  });

  it('refuses a rejected minion, also one that was accepted before', async () => {
    const [minion] = await fleet.join('turned');
    const mark = minion?.mark();
    await fleet.run('salt-key', '-r', 'turned', '--include-accepted', '-y');
    await minion?.logged('key is refused by the master', { state: 'rejected' }, mark);
    expect(await ping('*')).not.toHaveProperty('turned');
    expect(await fleet.call('turned', '--timeout', '5', 'pillar.items')).toMatchObject({ status: 1, stdout: '' });
  });

  it('cuts off a deleted minion at once; it waits again like a new one', async () => {
    const [minion] = await fleet.join('gone');
    const mark = fleet.master().mark();
    const own = minion?.mark();
    await fleet.run('salt-key', '-d', 'gone', '-y');
    await fleet.master().logged('minion disconnected', { minion: 'gone' }, mark);
    await minion?.logged('key waits to be accepted on the master', {}, own);
    expect(await ping('*')).not.toHaveProperty('gone');
    expect(await fleet.json('salt-key', '-l', 'un')).toEqual({ minions_pre: ['gone'] });
    await minion?.stop();
    await fleet.run('salt-key', '-d', 'gone', '-y');
  });

  it('denies a second key under a known id and leaves the first one its place', async () => {
    fleet.folder.configureMinion('steady');
    fleet.folder.write(
      'twin/minion',
      `id: steady\nroot_dir: ${fleet.folder.at('twin')}\nmaster: 127.0.0.1:${fleet.folder.returnPort}\n`,
    );
    const master = fleet.master();
    const mark = master.mark();
    const twin = fleet.start('salt-minion', 'twin', ['-l', 'info']);
    await master.logged('another key was offered under a known id', { id: 'steady' }, mark);
    await twin.line((line) => line.includes('key is refused by the master') && line.includes('"denied"'));
    expect(await fleet.json('salt-key', '-l', 'den')).toEqual({ minions_denied: ['steady'] });
    expect(await ping('steady')).toEqual({ steady: true });
    twin.signal('SIGTERM');
    expect(await twin.ended).toMatchObject({ status: 0 });
  });

  it('stops a minion whose master is not the one of master_finger, showing both fingerprints', async () => {
    const wrong = Array.from({ length: 32 }, () => 'ab').join(':');
    const minion = fleet.startMinion('careful', { master_finger: wrong });
    const { local } = (await fleet.json('salt-key', '-F')) as { local: { 'master.pub': string } };
    const { status, stderr } = await minion.ended;
    expect(status).toBe(1);
    expect(stderr).toContain(wrong);
    expect(stderr).toContain(local['master.pub']);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(await fleet.json('salt-key', '-l', 'un')).toEqual({ minions_pre: [] });
    expect(existsSync(fleet.folder.at('careful/etc/salt/pki/minion/minion_master.pub'))).toBe(false);
  });

  it('manages keys without a running master', async () => {
    await fleet.master().stop();
    const listed = (await fleet.json('salt-key', '-L')) as { minions: string[] };
    expect(listed.minions).toContain('steady');
    expect((await fleet.run('salt-key', '-d', 'fresh', '-y')).stdout).toContain('Key for minion fresh deleted.\n');
    expect(((await fleet.json('salt-key', '-L')) as { minions: string[] }).minions).not.toContain('fresh');
    await fleet.startMaster();
    expect(((await fleet.json('salt-key', '-L')) as { minions: string[] }).minions).not.toContain('fresh');
  });
});
