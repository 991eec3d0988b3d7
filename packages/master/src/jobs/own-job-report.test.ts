import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeValue, silentLogger, type Jid, type MinionId } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

async function record(
  onReport: (minion: string, one: OwnJobReturn) => Promise<void>,
  others: { readonly store?: Store; readonly next?: Jid[] } = {},
): Promise<void> {
  const clock = createManualClock(2000);
  const events = createEventBus(clock);
  events.listen(({ tag }) => void told.push(tag));
  const nextJid = (): Jid => others.next?.shift() ?? expect.unreachable('no other id is needed');
  const parts = { store: others.store ?? store, events, clock, nextJid, onReport, logger: silentLogger };
  await recordOwnJob(web1, report, parts);
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

describe('a report whose id another job has', () => {
  const other = { type: 'glob', expression: '*' } as const;
  const given = { positional: encodeValue([]), keyword: encodeValue(new Map()) };

  it.each([
    ['a job of a user', 'root'],
    ['a job that another minion gave to itself', 'converge'],
  ])('(%s) is kept under one other id, however often it comes and whoever dies meanwhile', async (_what, user) => {
    const jid = report.jid as Jid;
    await store.addJob({ ...given, jid, fun: 'test.ping', target: other, user, createdAt: 1, notAfter: 9e15 }, [
      'web2' as MinionId,
    ]);
    const next = ['20260101000000000009', '20260101000000000010', '20260101000000000011'] as Jid[];
    const before = [...next];
    // The first death comes before the end of the job is written down.
    const finish = store.finish.bind(store);
    const dying: Store = { ...store, finish: () => Promise.reject(new Error('death')) };
    await expect(record(note, { store: dying, next })).rejects.toThrow('death');
    for (let times = 0; times < 3; times += 1) await record(note, { store: { ...store, finish }, next });
    expect(next).toHaveLength(before.length - 1);
    expect(told).toEqual([`salt/job/${before[0]}/ret/web1`]);
    expect((await store.listJobs({ limit: 10 })).map((job) => [job.jid, job.user])).toEqual([
      [before[0], 'converge'],
      [jid, user],
    ]);
    expect(await store.findDelivery(before[0] as Jid, web1)).toMatchObject({ status: 'ok' });
    expect(await store.findDelivery(jid, 'web2' as MinionId)).toMatchObject({ status: 'queued' });
  });
});
