import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import { createJobRecord, type JobRecord } from './job-record.ts';
import { createTroubledNetwork, type TroubledNetwork } from './troubled-network.ts';

/** `npm run test:faults` parts them in every way, `npm test` in the most telling ones. */
const isLong = process.env['BRINE_FAULTS'] === 'all';

let fleet: Fleet;
let jobs: JobRecord;
let minion: Daemon;
let network: TroubledNetwork;

beforeAll(async () => {
  fleet = await createFleet();
  jobs = createJobRecord(fleet);
  network = await createTroubledNetwork('127.0.0.2', [fleet.folder.publishPort, fleet.folder.returnPort]);
  await fleet.startMaster();
  // The minion sees after three seconds that its master is silent.
  const settings = { master: '127.0.0.2', recon_default: 50, recon_max: 200, master_alive_interval: 1 };
  minion = fleet.startMinion('web1', settings);
  await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await minion.logged('connected to the master');
});

beforeEach(async () => {
  // They are together: it is answered.
  await fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping');
});

afterEach(() => network.heal());

afterAll(async () => {
  await fleet.end();
  await network.close();
});

/** How a job ended, and how often it ran. */
async function endOf(jid: string | undefined, token: string): Promise<unknown> {
  await fleet.run('salt-run', 'jobs.follow', jid ?? '');
  const times = jobs.ran().filter((ran) => ran === token).length;
  return { status: await jobs.statusOf(jid ?? ''), times };
}

const well = { status: 'ok', times: 1 };

const givenUp = async (mark: number): Promise<unknown> =>
  minion.logged('connection state', { reason: 'session ended: silent' }, mark);

describe('a master and a minion that are parted', () => {
  const ways = ['both', 'to-master', 'to-minion'] as const;

  it.each(ways.slice(0, isLong ? undefined : 2))(
    '%s, until the session is given up: a job of that time runs once when they meet again',
    async (way) => {
      const [mark, token] = [minion.mark(), `parted-${way}`];
      network.hold(way);
      const jid = await jobs.submit('web1', token, '-t', '60');
      // What the minion says is held back: the job comes to it and runs, and nobody hears of it yet, unless it was given too late.
      await Promise.race([givenUp(mark), ...(way === 'to-master' ? [minion.logged('job ended', { jid }, mark)] : [])]);
      network.heal();
      expect(await endOf(jid, token)).toEqual(well);
    },
  );

  it.runIf(isLong).each(['both', 'to-minion'] as const)(
    '%s, for longer than a job has time: it never runs',
    async (way) => {
      const token = `too-long-${way}`;
      network.hold(way);
      const jid = await jobs.submit('web1', token, '-t', '1');
      await fleet.run('salt-run', 'jobs.follow', jid ?? '');
      network.heal();
      const next = await jobs.submit('web1', `after-${token}`, '-t', '60');
      expect(await endOf(next, `after-${token}`)).toEqual(well);
      expect(await jobs.statusOf(jid ?? '')).toBe('expired');
      expect(jobs.ran()).not.toContain(token);
    },
  );

  it('for a moment: the session goes on', async () => {
    const mark = minion.mark();
    network.hold('both');
    const jid = await jobs.submit('web1', 'moment', '-t', '60');
    network.heal();
    expect(await endOf(jid, 'moment')).toEqual(well);
    const { stdout } = await fleet.run('salt-run', 'manage.up');
    expect(stdout).toContain('web1');
    await expect(
      Promise.race([givenUp(mark), minion.logged('job ended', { jid }, mark).then(() => 'no')]),
    ).resolves.toBe('no');
  });
});

describe('connections that break', () => {
  it('in the middle of jobs: each of them runs once', async () => {
    const tokens = Array.from({ length: isLong ? 12 : 4 }, (_, index) => `cut-${index}`);
    const jids: (string | undefined)[] = [];
    for (const token of tokens) {
      const submitted = jobs.submit('web1', token, '-t', '60');
      network.cut();
      jids.push(await submitted);
      network.cut();
    }
    for (const [index, token] of tokens.entries()) expect(await endOf(jids[index], token)).toEqual(well);
  });

  it('on one side only: the minion comes back', async () => {
    const mark = minion.mark();
    network.halfClose();
    await minion.logged('connected to the master', {}, mark);
    expect(await endOf(await jobs.submit('web1', 'half-closed', '-t', '60'), 'half-closed')).toEqual(well);
  });
});

describe('what all these jobs left', () => {
  it('keeps every promise', async () => {
    expect(await jobs.violations()).toEqual([]);
  }, 120_000);
});
