import { rmSync, writeFileSync } from 'node:fs';
import { workerFailpoints } from '@brine/minion';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Stage } from './provocations.ts';
import { createStage } from './stage.ts';
import { workerProvocationOf, writeWorkerStates } from './worker-provocations.ts';

/** `npm run test:faults` strikes at every failpoint, `npm test` at the most telling. */
const isLong = process.env['BRINE_FAULTS'] === 'all';
/** Milliseconds; a busy machine takes its time to start daemons. */
const patience = isLong ? 600_000 : 120_000;
const telling = new Set(['run-journal.flush.after', 'ledger.write.before', 'blobs.fetched']);
const chosen = workerFailpoints.filter((name) => isLong || telling.has(name));

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
  writeWorkerStates(stage.fleet);
}, patience);

afterAll(async () => {
  await stage.fleet.end();
}, patience);

const trip = (): string => stage.fleet.folder.at('failpoint');

afterEach(() => rmSync(trip(), { force: true }));

/** What nobody asked for has no job on the master while it runs: the log of the minion tells how it ended. */
async function interrupted(job: string): Promise<void> {
  if (!/^\d{20}$/.test(job)) return;
  await stage.fleet.run('salt-run', 'jobs.follow', job);
  expect(await stage.jobs.statusOf(job)).toBe('interrupted');
}

async function works(): Promise<void> {
  expect(await stage.fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
}

describe('when the worker of a job is killed at', () => {
  it.each(chosen)(
    '%s, the job is interrupted, nothing is half-done, and the minion works',
    async (name) => {
      const provocation = workerProvocationOf(name)(stage, name);
      const mark = stage.minion.mark();
      writeFileSync(trip(), name);
      const job = await provocation.begin();
      const from = name.startsWith('sealed.') ? 0 : mark;
      expect(await stage.minion.logged('job ended', { status: 'interrupted' }, from)).toHaveProperty('jid');
      rmSync(trip());
      await interrupted(job);
      await works();
      await provocation.prove();
    },
    patience,
  );
});

describe('when a minion and the worker of its job are killed at', () => {
  it.each(chosen)(
    '%s, the job is interrupted, nothing is half-done, and the minion comes back',
    async (name) => {
      const provocation = workerProvocationOf(name)(stage, name);
      writeFileSync(trip(), `both ${name}`);
      const job = await provocation.begin();
      expect(await stage.minion.ended).toMatchObject({ status: null });
      rmSync(trip());
      stage.minion = stage.fleet.startMinion('web1', stage.settings);
      await stage.minion.logged('connected to the master');
      await interrupted(job);
      await works();
      await provocation.prove();
    },
    patience,
  );
});

describe('what all these jobs left', () => {
  it('keeps every promise', async () => {
    expect(await stage.jobs.violations()).toEqual([]);
  }, 120_000);
});
