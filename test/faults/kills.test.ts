import { rmSync, writeFileSync } from 'node:fs';
import { masterFailpoints } from '@brine/master';
import { minionFailpoints } from '@brine/minion';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { provocationOf, type Stage } from './provocations.ts';
import { createStage } from './stage.ts';

/** `npm run test:faults` strikes at every failpoint, `npm test` at the most telling. */
const isLong = process.env['BRINE_FAULTS'] === 'all';
/** Milliseconds; a busy machine takes its time to start daemons. */
const patience = isLong ? 600_000 : 120_000;
const telling = new Set([
  ...['store.addJob.after', 'store.finish.before', 'store.abandon.before', 'keys.move.after'],
  ...['store.shiftDeadlines.after', 'converge.setFact.before', 'master-key.written', 'key.moved', 'salvage.copied'],
  ...['journal.accept.after', 'journal.finish.after', 'record-log.rewritten'],
]);

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
}, patience);

afterAll(async () => {
  await stage.fleet.end();
}, patience);

/** Those that strike a daemon of their own, or one that is about to begin or to end anyway. */
const isElsewhere = (failpoint: string): boolean =>
  /^(?:minion-key\.made|master-key\.made|secret-keys\.|salvage\.)/.test(failpoint);
const isBetween = (failpoint: string): boolean => /^(?:record-log\.re|store\.prune)/.test(failpoint);

/** What a failure leaves behind does not decide about the next failpoint. */
async function onFreshStage(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await stage.fleet.end().catch(() => {});
    stage = await createStage();
    throw error;
  }
}

/** Lets a daemon die at a failpoint, brings it up again, and answers when the fleet works. */
async function killAt(failpoint: string, side: 'master' | 'minion'): Promise<void> {
  const { fleet } = stage;
  const trip = fleet.folder.at('failpoint');
  const mark = stage.minion.mark();
  const prove = await provocationOf(failpoint, side)(stage, failpoint, () => writeFileSync(trip, failpoint));
  if (isElsewhere(failpoint)) return;
  const victim = side === 'master' ? fleet.master() : stage.minion;
  // SIGKILL, or (of those that die while they start) the good end of the one before.
  expect((await victim.ended).status === null || isBetween(failpoint)).toBe(true);
  rmSync(trip, { force: true });
  if (side === 'master') {
    await fleet.startMaster(stage.masterSettings);
    const now = /^(?:store\.saveMinion|converge\.setFact)/.test(failpoint) ? 0 : mark;
    await stage.minion.logged('connected to the master', {}, now);
  } else {
    stage.minion = fleet.startMinion('web1', stage.settings);
    await stage.minion.logged('connected to the master');
  }
  expect(await stage.fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
  await prove?.();
}

/** Ghosts are deleted first, which ends what waits for them. */
async function violations(): Promise<readonly string[]> {
  const { minions } = (await stage.fleet.json('salt-key', '-L')) as { readonly minions: readonly string[] };
  if (minions.some((id) => id.startsWith('ghost'))) await stage.fleet.run('salt-key', '-d', 'ghost*', '-y');
  return stage.jobs.violations();
}

const chosen = (names: readonly string[]): readonly string[] => names.filter((name) => isLong || telling.has(name));

afterEach(() => rmSync(stage.fleet.folder.at('failpoint'), { force: true }));

describe('when the master is killed at', () => {
  it.each(chosen(masterFailpoints))(
    '%s, no job is lost, runs twice or stays without an end',
    async (name) => {
      await onFreshStage(async () => {
        await killAt(name, 'master');
        expect(await violations()).toEqual([]);
      });
    },
    patience,
  );
});

describe('when the minion is killed at', () => {
  it.each(chosen(minionFailpoints))(
    '%s, no job is lost, runs twice or stays without an end',
    async (name) => {
      await onFreshStage(async () => {
        await killAt(name, 'minion');
        expect(await violations()).toEqual([]);
      });
    },
    patience,
  );
});

describe('what all these jobs left', () => {
  it(
    'keeps every promise',
    async () => {
      expect(await stage.jobs.violations(true)).toEqual([]);
    },
    patience,
  );
});
