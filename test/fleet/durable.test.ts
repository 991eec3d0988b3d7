import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let away: Daemon;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster({ presence_events: true });
  const [, stopped] = await fleet.join('here', 'away');
  if (stopped === undefined) throw new Error('no minion');
  away = stopped;
  await away.stop();
});

afterAll(async () => {
  await fleet.end();
});

const marker = (name: string): string => fleet.folder.at(`${name}.txt`);
const queued = async (): Promise<Readonly<Record<string, { readonly Minions: string[]; readonly Function: string }>>> =>
  (await fleet.json('salt-run', 'jobs.queue')) as never;

describe('durable jobs', () => {
  it('say at once for whom they wait, survive a restart of the master, and run when the minion is back', async () => {
    const line = `echo ran >> ${marker('durable')}`;
    const asked = await fleet.run('salt', '--static', '--durable', '--until', '1h', '*', 'cmd.run', line);
    expect(asked.status).toBe(0);
    expect(asked.stdout).toContain('Minion is not connected. [The job waits for it;');
    expect(Object.values(await queued()).map(({ Minions, Function: fun }) => [Minions, fun])).toEqual([
      [['away'], 'cmd.run'],
    ]);
    await fleet.master().stop('SIGKILL');
    await fleet.startMaster({ presence_events: true });
    away = fleet.startMinion('away');
    await away.logged('job started', { fun: 'cmd.run' });
    const [jid = ''] = Object.keys((await fleet.json('salt-run', 'jobs.list_jobs')) as object);
    const followed = await fleet.start('salt-run', 'master', ['jobs.follow', jid]).ended;
    expect(followed.status).toBe(0);
    expect(await queued()).toEqual({});
    expect(await fleet.json('salt', '--static', 'away', 'file.read', marker('durable'))).toEqual({
      away: 'ran\nran\n',
    });
  });

  it('keep only the newest of equal highstates for a minion that is away, and can be cancelled', async () => {
    await away.stop();
    for (let turn = 0; turn < 2; turn += 1) await fleet.run('salt', '--async', '--durable', 'away', 'state.apply');
    const waiting = Object.keys(await queued());
    expect(waiting).toHaveLength(1);
    const [jid = ''] = waiting;
    expect(await fleet.json('salt-run', 'jobs.cancel', jid)).toEqual({ cancelled: ['away'] });
    expect(await queued()).toEqual({});
    const { status, stderr } = await fleet.run('salt', '--until', '1h', 'away', 'test.ping');
    expect({ status, stderr }).toEqual({
      status: 64,
      stderr: 'salt: --until says how long a durable job waits: it needs --durable\n',
    });
  });
});

describe('presence', () => {
  it('is definite: a minion that was stopped dead counts as down before its session ends', async () => {
    // The master was started anew meanwhile, and whoever was there comes back when its turn is.
    await fleet.master().logged('minion connected', { minion: 'here' });
    const mark = fleet.master().mark();
    away = fleet.startMinion('away');
    await fleet.master().logged('minion connected', { minion: 'away' }, mark);
    expect(await fleet.json('salt-run', 'manage.status', 'timeout=2')).toEqual({ up: ['away', 'here'], down: [] });
    away.signal('SIGSTOP');
    expect(await fleet.json('salt-run', 'manage.status', 'timeout=2')).toEqual({ up: ['here'], down: ['away'] });
    away.signal('SIGCONT');
    expect(await fleet.json('salt-run', 'manage.up', 'timeout=5')).toEqual(['away', 'here']);
  });
});
