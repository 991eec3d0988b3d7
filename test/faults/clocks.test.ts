import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import { createJobRecord, type JobRecord } from './job-record.ts';

/** `npm run test:faults` sets the clocks to more times than `npm test`. */
const isLong = process.env['BRINE_FAULTS'] === 'all';
const hour = 3_600_000;
const decade = 87_660 * hour;
const settings = { recon_default: 50, recon_max: 200 };
const dashed = (text: string): string => text.replaceAll(' ', '-');

let fleet: Fleet;
let jobs: JobRecord;
let minion: Daemon;

beforeAll(async () => {
  fleet = await createFleet('../test/faults/failing-daemon.mjs');
  jobs = createJobRecord(fleet);
  await fleet.startMaster();
  minion = fleet.startMinion('web1', settings);
  await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await minion.logged('connected to the master');
});

afterAll(async () => {
  await fleet.end();
});

/** The wall clock of a daemon is so many milliseconds wrong from now on. */
function setClock(member: string, milliseconds: number): void {
  writeFileSync(fleet.folder.at(`clock-${member}`), String(milliseconds));
}

/** Sets the clock of the master, and waits until it noticed. */
async function setMasterClock(milliseconds: number): Promise<void> {
  const mark = fleet.master().mark();
  setClock('master', milliseconds);
  await fleet.master().logged('the clock was set', {}, mark);
}

async function restartMaster(): Promise<void> {
  const mark = minion.mark();
  await fleet.master().stop();
  await fleet.startMaster();
  await minion.logged('connected to the master', {}, mark);
}

// The time is given so that the record does not hold it against the machine's own clock.
const submit = async (token: string, ...options: readonly string[]): Promise<string> =>
  (await jobs.submit('web1', token, ...(options.length === 0 ? ['--timeout=60'] : options))) ?? '';

/** How a job ended, and how often it ran. */
async function endOf(jid: string, token: string): Promise<unknown> {
  await fleet.run('salt-run', 'jobs.follow', jid);
  const times = jobs.ran().filter((ran) => ran === token).length;
  return { status: await jobs.statusOf(jid), times };
}

const well = { status: 'ok', times: 1 };

const jumps = [
  ['an hour ahead', hour],
  ['ten years back', -decade],
  ['an hour back', -hour],
  ['ten years ahead', decade],
] as const;
const chosen = jumps.slice(0, isLong ? undefined : 2);

describe('a minion whose clock is set', () => {
  it.each(chosen)('%s: jobs run once, before and after it is started again', async (name, milliseconds) => {
    setClock('web1', milliseconds);
    const first = dashed(`minion ${name}`);
    expect(await endOf(await submit(first), first)).toEqual(well);
    await minion.stop();
    minion = fleet.startMinion('web1', settings);
    await minion.logged('connected to the master');
    const again = dashed(`minion again ${name}`);
    expect(await endOf(await submit(again), again)).toEqual(well);
    rmSync(fleet.folder.at('clock-web1'));
  });
});

// Further than that the master forgets jobs, as `keep_jobs_seconds` says.
const ofMaster = [jumps[0], jumps[2]] as const;

describe('a master whose clock is set', () => {
  it.each(ofMaster.slice(0, isLong ? 2 : 1))(
    '%s: job ids stay unique, jobs run once, before and after it is started again',
    async (name, by) => {
      const tokens = ['before', 'after', 'again'].map((when) => dashed(`${when} ${name}`));
      const [before = '', after = '', again = ''] = tokens;
      const jids = [await submit(before)];
      await setMasterClock(by);
      jids.push(await submit(after));
      await restartMaster();
      jids.push(await submit(again));
      expect(new Set(jids).size).toBe(3);
      for (const [index, token] of tokens.entries()) expect(await endOf(jids[index] ?? '', token)).toEqual(well);
      await setMasterClock(0);
    },
  );

  it('back while a job waits for its minion: the job is delivered, also by the master that is started after that', async () => {
    await minion.stop();
    const jid = await submit('waiting', '--durable', '--until', '1h');
    await setMasterClock(-hour);
    await fleet.master().stop();
    await fleet.startMaster();
    minion = fleet.startMinion('web1', settings);
    await minion.logged('connected to the master');
    expect(await endOf(jid, 'waiting')).toEqual(well);
    await setMasterClock(0);
  });

  it('ahead of the time of a job that waits: the job expires and never runs', async () => {
    await minion.stop();
    const jid = await submit('late', '--durable', '--until', '30m');
    await setMasterClock(hour);
    await fleet.run('salt-run', 'jobs.follow', jid);
    minion = fleet.startMinion('web1', settings);
    await minion.logged('connected to the master');
    expect(await endOf(await submit('in-time'), 'in-time')).toEqual(well);
    expect(await jobs.statusOf(jid)).toBe('expired');
    expect(jobs.ran()).not.toContain('late');
    await setMasterClock(0);
  });
});

describe('what all these jobs left', () => {
  it('keeps every promise', async () => {
    expect(await jobs.violations()).toEqual([]);
  }, 120_000);
});
