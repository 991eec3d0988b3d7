import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import { createHeldCommand } from '../fleet/held-command.ts';
import { createJobRecord, type JobRecord } from './job-record.ts';

/** `npm run test:faults` stops the daemons everywhere, `npm test` at the most telling places. */
const isLong = process.env['BRINE_FAULTS'] === 'all';

let fleet: Fleet;
let jobs: JobRecord;
let minion: Daemon;
/** A minion sees after three seconds that its master is silent. */
const settings = { recon_default: 50, recon_max: 200, master_alive_interval: 1 };

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
  goOn();
  await fleet.end();
});

afterEach(() => goOn());

function goOn(): void {
  rmSync(fleet.folder.at('failpoint'), { force: true });
  for (const daemon of [fleet.master(), minion]) daemon.signal('SIGCONT');
}

const watched = { timeout: 20_000, interval: 20 };

/** Resolves when the kernel says that a daemon is stopped. */
async function stopped({ pid }: Daemon): Promise<void> {
  await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) T /), watched);
}

async function stop(daemon: Daemon): Promise<void> {
  daemon.signal('SIGSTOP');
  await stopped(daemon);
}

/** Resolves when so many seconds after now are over, as every clock of this machine sees it. */
async function over(seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(end), watched);
}

async function works(): Promise<void> {
  expect(await fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
}

describe('a minion that is stopped before a job comes to it', () => {
  it('does not begin it when it goes on after the time of the job', async () => {
    await stop(minion);
    const jid = (await jobs.submit('web1', 'minion-longer', '-t', '1')) ?? '';
    await fleet.run('salt-run', 'jobs.follow', jid);
    goOn();
    await works();
    expect(await jobs.statusOf(jid)).toBe('expired');
    expect(jobs.ran()).not.toContain('minion-longer');
  });

  it.runIf(isLong)('runs it once when it goes on in time', async () => {
    await stop(minion);
    const jid = (await jobs.submit('web1', 'minion-shorter', '-t', '60')) ?? '';
    // The master sends what is not acknowledged again after a second.
    await over(1.5);
    goOn();
    await fleet.run('salt-run', 'jobs.follow', jid);
    expect(await jobs.statusOf(jid)).toBe('ok');
  });

  it('that is stopped for so long that its session ends is as one that comes back', async () => {
    const mark = minion.mark();
    await stop(minion);
    const jid = (await jobs.submit('web1', 'minion-silent', '-t', '60')) ?? '';
    await over(3.2);
    goOn();
    await fleet.run('salt-run', 'jobs.follow', jid);
    await works();
    expect(await jobs.statusOf(jid)).toBe('ok');
    await minion.logged('connection state', { reason: 'session ended: silent' }, mark);
  });
});

/** Where a minion may stop on a job's way, and how the job may end when it goes on after its time. */
const placesOnMinion: readonly (readonly [string, string])[] = [
  ['journal.accept.before', 'refused'],
  ['journal.accept.after', 'refused'],
  ['journal.start.before', 'refused'],
  ['journal.start.after', 'refused'],
  ['journal.finish.before', 'ok'],
  ['journal.finish.after', 'ok'],
];

describe('a minion that is stopped at', () => {
  const chosen = placesOnMinion.filter(([place]) => isLong || place === 'journal.start.before');

  it.each(chosen)('%s: a job whose time is over is %s, as it was begun or not', async (place, status) => {
    writeFileSync(fleet.folder.at('failpoint'), `stop ${place}`);
    const token = `longer-${place}`;
    const jid = (await jobs.submit('web1', token, '-t', '2')) ?? '';
    await stopped(minion);
    await over(2);
    goOn();
    await vi.waitFor(async () => expect(await jobs.statusOf(jid)).toBe(status), watched);
    await works();
    expect(jobs.ran().includes(token)).toBe(status === 'ok');
  });

  it.each(chosen)('%s: a job that has time left runs once', async (place) => {
    writeFileSync(fleet.folder.at('failpoint'), `stop ${place}`);
    const jid = (await jobs.submit('web1', `shorter-${place}`, '-t', '60')) ?? '';
    await stopped(minion);
    await over(1.2);
    goOn();
    await fleet.run('salt-run', 'jobs.follow', jid);
    await works();
    expect(await jobs.statusOf(jid)).toBe('ok');
  });
});

/** Where a master may stop, the seconds that the job has, and how it ends; the first in `npm test`. */
const placesOnMaster: readonly (readonly [string, string, string])[] = [
  ['store.addJob.after', '1', 'expired'],
  ['store.addJob.before', '1', 'expired'],
  ['store.addJob.after', '60', 'ok'],
  // From here on the minion has it in time.
  ['store.advance.before', '1', 'ok'],
  ['store.advance.after', '1', 'ok'],
  ['store.finish.before', '1', 'ok'],
  ['store.finish.after', '1', 'ok'],
];

describe('a master that is stopped', () => {
  it('while a job runs and ends: its end is told once it goes on, and after the minion gave the session up', async () => {
    const command = createHeldCommand(fleet.folder, 'master-stopped');
    const mark = minion.mark();
    const salt = fleet.start('salt', 'master', ['-t', '1', '--out', 'json', 'web1', 'cmd.run', command.line]);
    await minion.logged('job started', { fun: 'cmd.run' }, mark);
    await command.begun();
    await stop(fleet.master());
    await command.release();
    await minion.logged('job ended', { fun: 'cmd.run' }, mark);
    await minion.logged('connection state', { reason: 'session ended: silent' }, mark);
    goOn();
    expect(JSON.parse((await salt.ended).stdout)).toEqual({ web1: 'let go' });
    await works();
    expect(command.timesBegun()).toBe(1);
  });

  it.each([
    ['longer', '1', 'expired'],
    ['shorter', '60', 'ok'],
  ])('%s than a job that waits has time: it ends so, when its minion came meanwhile', async (name, seconds, status) => {
    await minion.stop();
    const jid = (await jobs.submit('web1', `waiting-${name}`, '-t', seconds)) ?? '';
    await stop(fleet.master());
    minion = fleet.startMinion('web1', settings);
    await over(1.2);
    goOn();
    await minion.logged('connected to the master');
    await fleet.run('salt-run', 'jobs.follow', jid);
    await works();
    expect(await jobs.statusOf(jid)).toBe(status);
    expect(jobs.ran().includes(`waiting-${name}`)).toBe(status === 'ok');
  });

  it.each(placesOnMaster.slice(0, isLong ? undefined : 1))(
    'at %s, with a job that has %s s, ends it as %s',
    async (place, seconds, status) => {
      writeFileSync(fleet.folder.at('failpoint'), `stop ${place}`);
      const submitting = jobs.submit('web1', `${place}-${seconds}`, '-t', seconds);
      await stopped(fleet.master());
      await over(1.2);
      goOn();
      const jid = (await submitting) ?? '';
      await fleet.run('salt-run', 'jobs.follow', jid);
      await works();
      expect(await jobs.statusOf(jid)).toBe(status);
    },
  );
});

describe('what all these jobs left', () => {
  it('keeps every promise', async () => {
    expect(await jobs.violations()).toEqual([]);
  }, 120_000);
});
