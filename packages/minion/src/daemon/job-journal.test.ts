import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodeValue, silentLogger, systemClock, type JobMessage, type JobReturn } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecordLog } from '../store/record-log-store.ts';
import { createJobJournal, type JobJournal } from './job-journal.ts';

const remembered = 25 * 3600 * 1000;

let folder: string;
let now: number;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-journal-'));
  now = 1_000_000;
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

async function open(): Promise<JobJournal> {
  const opened = await openRecordLog(path.join(folder, 'journal'));
  return createJobJournal({ opened, clock: { ...systemClock, now: () => now }, logger: silentLogger });
}

/** What a restarted daemon finds. */
async function reopen(journal: JobJournal): Promise<JobJournal> {
  await journal.close();
  return open();
}

const job = (jid: string): JobMessage => ({
  jid,
  fun: 'test.ping',
  argument: encodeValue([]),
  keywordArgument: encodeValue(new Map()),
  target: { type: 'glob', expression: '*' },
  user: 'root',
  notAfter: 1_060_000,
});

const jobReturn = (jid: string): JobReturn => ({
  jid,
  fun: 'test.ping',
  status: 'ok',
  value: encodeValue(true),
  retcode: 0,
  startedAt: 1_000_000,
  duration: 3,
});

describe('createJobJournal', () => {
  it('takes a job on once, also after a restart', async () => {
    let journal = await open();
    expect(await journal.accept(job('1'))).toBe('new');
    expect(await journal.accept(job('1'))).toBe('unfinished');
    journal = await reopen(journal);
    expect(await journal.accept(job('1'))).toBe('unfinished');
    await journal.close();
  });

  it('tells after a restart which jobs had begun and which had not', async () => {
    let journal = await open();
    await journal.accept(job('1'));
    await journal.accept(job('2'));
    await journal.start('1', 1_000_500);
    journal = await reopen(journal);
    expect(journal.unfinished()).toEqual([{ job: job('1'), startedAt: 1_000_500 }, { job: job('2') }]);
    await journal.close();
  });

  it('keeps a return until the master has it', async () => {
    let journal = await open();
    await journal.accept(job('1'));
    await journal.start('1', 1_000_500);
    await journal.finish(jobReturn('1'));
    journal = await reopen(journal);
    expect(journal.unfinished()).toEqual([]);
    expect(journal.unacknowledged()).toEqual([jobReturn('1')]);
    expect(await journal.accept(job('1'))).toBe('returned');
    await journal.acknowledge('1');
    journal = await reopen(journal);
    expect(journal.unacknowledged()).toEqual([]);
    expect(await journal.accept(job('1'))).toBe('acknowledged');
    await journal.close();
  });

  it('forgets a job a day after its publication ran out', async () => {
    let journal = await open();
    await journal.accept(job('1'));
    await journal.finish(jobReturn('1'));
    await journal.acknowledge('1');
    now = 1_060_000 + 24 * 3600 * 1000;
    journal = await reopen(journal);
    expect(await journal.accept(job('1'))).toBe('acknowledged');
    now += 1;
    journal = await reopen(journal);
    expect(await journal.accept(job('1'))).toBe('new');
    await journal.close();
  });

  it('stays small however many jobs pass through', async () => {
    const journal = await open();
    for (let index = 0; index < 700; index += 1) {
      const jid = String(index);
      await journal.accept({ ...job(jid), notAfter: 0 });
      await journal.finish({ ...jobReturn(jid), startedAt: 0 });
      now += remembered;
      await journal.acknowledge(jid);
    }
    await journal.close();
    expect(fs.statSync(path.join(folder, 'journal')).size).toBeLessThan(2000 * 200);
  });

  it('does not take a job for kept that could not be written down', async () => {
    const opened = await openRecordLog(path.join(folder, 'journal'));
    let isBroken = true;
    const log = {
      ...opened.log,
      append: (record: Uint8Array) => (isBroken ? Promise.reject(new Error('EIO')) : opened.log.append(record)),
    };
    const parts = { clock: { ...systemClock, now: () => now }, logger: silentLogger };
    const journal = await createJobJournal({ opened: { ...opened, log }, ...parts });
    const both = await Promise.allSettled([journal.accept(job('1')), journal.accept(job('1'))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(journal.unfinished()).toEqual([]);
    isBroken = false;
    expect(await journal.accept(job('1'))).toBe('new');
    await journal.close();
  });

  it('refuses new jobs without room, and when too much waits for the master', async () => {
    let hasRoom = true;
    const opened = await openRecordLog(path.join(folder, 'journal'));
    const parts = { opened, clock: { ...systemClock, now: () => now }, logger: silentLogger };
    const journal = await createJobJournal({ ...parts, limitBytes: 1000, hasRoom: () => hasRoom });
    await journal.accept(job('1'));
    hasRoom = false;
    await expect(journal.accept(job('2'))).rejects.toMatchObject({ code: 'journal-full' });
    await journal.finish({ ...jobReturn('1'), value: encodeValue('x'.repeat(2000)) });
    hasRoom = true;
    await expect(journal.accept(job('2'))).rejects.toMatchObject({ code: 'journal-full' });
    await journal.acknowledge('1');
    expect(await journal.accept(job('2'))).toBe('new');
    await journal.close();
  });

  it('leaves a record out that is whole and means nothing', async () => {
    let journal = await open();
    await journal.accept(job('1'));
    await journal.close();
    const { log } = await openRecordLog(path.join(folder, 'journal'));
    await log.append(new Uint8Array([0xc1]));
    await log.close();
    journal = await open();
    expect(journal.unfinished().map(({ job: { jid } }) => jid)).toEqual(['1']);
    await journal.close();
  });
});
