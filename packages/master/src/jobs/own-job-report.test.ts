import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeValue, silentLogger, type Jid, type MinionId } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import { recordOwnJob, type OwnJobReturn } from './own-job-report.ts';

const web1 = 'web1' as MinionId;
const report: OwnJobReturn = {
  ...{ jid: '20260101000000000001', fun: 'converge.run', status: 'ok', retcode: 0, startedAt: 1000, duration: 1 },
  value: encodeValue('done'),
  own: {
    ...{ kind: 'converge', name: 'run', report: 'store' },
    ...{ argument: encodeValue([]), keywordArgument: encodeValue(new Map()) },
  },
};

let folder: string;
let store: Store;
let told: string[];
let noted: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-job-report-'));
  store = openSqliteStore(join(folder, 'jobs.db'), () => 2000);
  told = [];
  noted = [];
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function record(onReport: (minion: string, one: OwnJobReturn) => Promise<void>): Promise<void> {
  const clock = createManualClock(2000);
  const events = createEventBus(clock);
  events.listen(({ tag }) => void told.push(tag));
  const nextJid = (): Jid => '20260101000000000009' as Jid;
  await recordOwnJob(web1, report, { ...{ store, events, clock, nextJid, onReport }, logger: silentLogger });
}

const note = async (_minion: string, one: OwnJobReturn): Promise<void> => void noted.push(one.jid);

it('notes a report that comes again after a death between keeping its job and noting it', async () => {
  await expect(record(() => Promise.reject(new Error('death')))).rejects.toThrow('death');
  await record(note);
  expect(noted).toEqual([report.jid]);
  expect(await store.listJobs({ limit: 10 })).toMatchObject([{ jid: report.jid, user: 'converge' }]);
});

it('tells the event bus once of a report that comes again', async () => {
  await record(note);
  await record(note);
  expect(noted).toEqual([report.jid, report.jid]);
  expect(told).toEqual([`salt/job/${report.jid}/ret/web1`]);
});
