import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { masterFailpoints } from '@brine/master';
import { minionFailpoints } from '@brine/minion';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { processesOf } from '../fleet/fleet.ts';
import { provocationOf, watched, type Stage } from './provocations.ts';
import { createStage } from './stage.ts';

/** `npm run test:faults` stops daemons at every failpoint, `npm test` at a few that stops.test.ts does not come to. */
const isLong = process.env['BRINE_FAULTS'] === 'all';
const telling = new Set(['keys.move.after', 'record-log.written']);
/** Milliseconds; a busy machine takes its time. */
const patience = isLong ? 600_000 : 120_000;

/** A daemon that is only starting has promised nobody anything: it is late, and that is all. */
const isStarting = (name: string): boolean =>
  /^(?:minion-key\.made|master-key\.made|secret-keys\.|salvage\.|store\.prune|record-log\.re)/.test(name);
const chosen = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !isStarting(name) && (isLong || telling.has(name)));

let stage: Stage;
let paused: Promise<void> = Promise.resolve();

beforeAll(async () => {
  stage = { ...(await createStage(true)), struck: async () => paused };
}, patience);

const trip = (): string => stage.fleet.folder.at('failpoint');

function stoppedProcesses(): readonly number[] {
  const pids = processesOf(stage.fleet.folder.path).map(({ pid }) => pid);
  return pids.filter((pid) => {
    try {
      return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  });
}

function goOn(): void {
  rmSync(trip(), { force: true });
  for (const pid of stoppedProcesses()) process.kill(pid, 'SIGCONT');
}

afterEach(() => goOn());

afterAll(async () => {
  goOn();
  await stage.fleet.end();
}, patience);

/** Until the other side has sent again what was not acknowledged, which it does after a second. */
async function pauseOnce(): Promise<void> {
  await vi.waitFor(() => expect(stoppedProcesses()).toHaveLength(1), watched);
  const end = Date.now() + 1200;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(end), watched);
  goOn();
}

async function pauseAt(name: string, side: 'master' | 'minion'): Promise<void> {
  const prove = await provocationOf(name, side)(stage, name, () => {
    writeFileSync(trip(), `stop ${name}`);
    paused = pauseOnce();
  });
  await paused;
  expect(await stage.fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
  await prove?.();
}

describe('a master that is stopped for a while at', () => {
  it.each(chosen(masterFailpoints))(
    '%s goes on where it was',
    async (name) => {
      await expect(pauseAt(name, 'master')).resolves.toBeUndefined();
    },
    patience,
  );
});

describe('a minion that is stopped for a while at', () => {
  it.each(chosen(minionFailpoints))(
    '%s goes on where it was',
    async (name) => {
      await expect(pauseAt(name, 'minion')).resolves.toBeUndefined();
    },
    patience,
  );
});

describe('what all these jobs left', () => {
  it(
    'keeps every promise',
    async () => {
      const { minions } = (await stage.fleet.json('salt-key', '-L')) as { readonly minions: readonly string[] };
      if (minions.some((id) => id.startsWith('ghost'))) await stage.fleet.run('salt-key', '-d', 'ghost*', '-y');
      expect(await stage.jobs.violations()).toEqual([]);
    },
    patience,
  );
});
