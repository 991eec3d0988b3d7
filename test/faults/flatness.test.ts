import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Daemon } from '../fleet/fleet.ts';
import { collectGarbage, inspectable } from '../fleet/collect-garbage.ts';
import { createApiFleet, type ApiFleet } from '../netapi/api-fleet.ts';
import { createEvilMinion } from '../security/evil-minion.ts';
import { watchEvents } from '../fleet/watch-events.ts';

/** `npm run test:faults` has 2,000 jobs run, `npm test` fewer. */
const jobCount = process.env['BRINE_FAULTS'] === 'all' ? 2000 : 300;

let api: ApiFleet;
let minion: Daemon;
let token: string;

beforeAll(async () => {
  vi.stubEnv('NODE_OPTIONS', inspectable.NODE_OPTIONS);
  api = await createApiFleet([]);
  minion = api.fleet.startMinion('web1', { recon_default: 50, recon_max: 200, master_alive_interval: 1 });
  await api.fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await api.fleet.run('salt-key', '-A', '-y');
  await minion.logged('connected to the master');
  token = await api.logIn('ada');
});

afterAll(async () => {
  await api.end();
});

const count = ({ pid }: Daemon, what: 'fd' | 'task'): number => readdirSync(`/proc/${pid}/${what}`).length;

function handles(): Readonly<Record<string, number>> {
  const master = api.fleet.master();
  return {
    masterFiles: count(master, 'fd'),
    masterThreads: count(master, 'task'),
    minionFiles: count(minion, 'fd'),
    minionThreads: count(minion, 'task'),
  };
}

/** The handles of which there are more than before. */
function grown(before: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(handles()).filter(([name, number]) => number > (before[name] ?? 0)));
}

/** The handles once two looks in a row, some jobs apart, agree. */
async function settled(): Promise<Readonly<Record<string, number>>> {
  let last = handles();
  await vi.waitFor(
    async () => {
      const seen = last;
      await ping(2);
      last = handles();
      expect(last).toEqual(seen);
    },
    { timeout: 20_000, interval: 50 },
  );
  return last;
}

/** Resident memory of both daemons without garbage, in MiB. */
async function memory(): Promise<number> {
  await Promise.all([api.fleet.master(), minion].map(collectGarbage));
  const pages = [api.fleet.master(), minion].map(({ pid }) => readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages.reduce((sum, given) => sum + Number(given), 0) / 256;
}

async function ping(times: number): Promise<void> {
  const low = { client: 'local', tgt: 'web1', fun: 'test.ping' };
  for (let left = times; left > 0; left -= 50) {
    const { body } = await api.request('/', { token, body: Array.from({ length: Math.min(left, 50) }, () => low) });
    expect((body as { readonly return: unknown[] }).return).toEqual(
      Array.from({ length: Math.min(left, 50) }, () => ({ web1: true })),
    );
  }
}

/** Jobs, a hello that is refused, readers of events that are killed, and a session that is given up and begun again. */
async function cycle(): Promise<void> {
  const { fleet } = api;
  await ping(5);
  const stranger = createEvilMinion(fleet, '../../x');
  stranger.bus.start();
  await stranger.handshaking;
  await stranger.bus.stop();
  const watching = new AbortController();
  const stream = await fetch(`${api.url}/events?token=${token}`, { signal: watching.signal });
  expect(stream.status).toBe(200);
  const reader = await watchEvents(fleet);
  await fleet.run('salt', 'web1', 'event.send', 'flat/tag');
  await reader.line((line) => line.includes('flat/tag'));
  watching.abort();
  reader.signal('SIGKILL');
  await reader.ended;
  const mark = minion.mark();
  fleet.master().signal('SIGSTOP');
  await minion.logged('connection state', { reason: 'session ended: silent' }, mark);
  fleet.master().signal('SIGCONT');
  await minion.logged('connected to the master', {}, mark);
}

describe('daemons that work for long', () => {
  it('hold no more files and threads after many comings and goings than before', async () => {
    await cycle();
    const before = await settled();
    for (let turn = 0; turn < 3; turn += 1) await cycle();
    await expect.poll(() => grown(before)).toEqual({});
  }, 120_000);

  it('hold hardly more memory after many jobs', async () => {
    await ping(jobCount / 2);
    const before = await memory();
    await ping(jobCount);
    // 4 to 8 were seen, after 300 jobs as after 2,000.
    expect((await memory()) - before).toBeLessThan(24);
  }, 400_000);
});
