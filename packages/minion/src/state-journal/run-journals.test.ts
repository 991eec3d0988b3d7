import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { silentLogger, type Clock, type LogData, type Logger } from '@brine/common';
import type { RunJournal, Step } from '@brine/sls';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInterruptedReader } from './interrupted-runs.ts';
import { decodeRecord, encodeRecord } from './journal-record.ts';
import { createRunFileStore, type RunFile, type RunFileStore } from './run-file-store.ts';
import { createRunJournals } from './run-journals.ts';

let folder: string;
let store: RunFileStore;
let files: RunFile[];
let clock: Clock;
let warnings: (readonly [string, LogData | undefined])[];

beforeEach(() => {
  folder = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'brine-run-')), 'journal');
  files = [];
  const real = createRunFileStore(folder);
  store = {
    ...real,
    create: async (...words) => {
      const file = await real.create(...words);
      files.push(file);
      return file;
    },
  };
  clock = createManualClock(1_000_000_000_000);
  warnings = [];
});

afterEach(async () => {
  // A run of this process that was never closed still has its file open.
  await Promise.allSettled(files.map((file) => file.remove()));
  fs.rmSync(path.dirname(folder), { recursive: true, force: true });
});

const stepOf = (id: string): Step => ({
  chunk: new Map(),
  tag: `test_|-${id}_|-${id}_|-nop`,
  state: 'test',
  fun: 'nop',
  id,
  name: id,
  sls: 's',
  saltenv: 'base',
  order: 0,
  span: undefined,
  argumentSpans: new Map(),
});
const tagOf = (id: string): string => stepOf(id).tag;
const steps = ['a', 'b', 'c', 'd'].map(stepOf);

function open(test = false): Promise<RunJournal> {
  const log: Logger = { ...silentLogger, warn: (message, data) => void warnings.push([message, data]) };
  const jid = '20260101000000000001';
  return createRunJournals({ store, jid, clock, log }).open({ function: 'state.apply', test, steps });
}

/** What a run that was killed leaves: the same file, of a process that is no more. */
async function kill(): Promise<void> {
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  for (const name of await store.list()) {
    const records = (await store.read(name)).map(decodeRecord);
    await store.remove(name);
    const file = await store.create(name.slice(0, 20), encodeRecord({ kind: 'left', due: [] }), false);
    for (const record of records) {
      file.write(encodeRecord(record.kind === 'run' ? { ...record, process: `${dead}@1` } : record));
    }
  }
}

const dueOf = ({ due }: RunJournal): unknown => Array.from(due, ([follower, changed]) => [follower, [...changed]]);

describe('the journal of a state run', () => {
  it('is gone when the run ended by itself', async () => {
    const journal = await open();
    await journal.begin(stepOf('a'));
    await journal.changing(stepOf('a'), [tagOf('b')]);
    await journal.end(stepOf('a'), { changed: true });
    expect(await store.list()).toHaveLength(1);
    await journal.close({ isComplete: true, settled: [] });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('hands on what followers of a killed run are due, until they ran', async () => {
    const first = await open();
    await first.begin(stepOf('a'));
    await first.changing(stepOf('a'), [tagOf('b'), tagOf('c'), tagOf('d')]);
    await first.end(stepOf('a'), { changed: true });
    await first.begin(stepOf('b'));
    await first.end(stepOf('b'), { changed: false });
    await first.begin(stepOf('c'));
    await kill();
    const second = await open();
    expect(dueOf(second)).toEqual([
      [tagOf('c'), [tagOf('a')]],
      [tagOf('d'), [tagOf('a')]],
    ]);
    await second.end(stepOf('c'), { changed: false });
    await second.close({ isComplete: true, settled: [] });
    const third = await open();
    expect(dueOf(third)).toEqual([[tagOf('d'), [tagOf('a')]]]);
    await third.close({ isComplete: true, settled: [tagOf('d')] });
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('counts a change that was under way when the run was killed, but not one that came to nothing', async () => {
    const first = await open();
    await first.changing(stepOf('a'), [tagOf('c')]);
    await first.changing(stepOf('b'), [tagOf('d')]);
    await first.end(stepOf('b'), { changed: false });
    await kill();
    expect(dueOf(await open())).toEqual([[tagOf('c'), [tagOf('a')]]]);
  });

  it('keeps what a run leaves that was stopped, without calling it interrupted', async () => {
    const first = await open();
    await first.changing(stepOf('a'), [tagOf('c')]);
    await first.end(stepOf('a'), { changed: true });
    await first.close({ isComplete: false, settled: [] });
    expect(dueOf(await open())).toEqual([[tagOf('c'), [tagOf('a')]]]);
    expect(warnings).toEqual([]);
  });

  it('tells the next run of the killed one, which a dry run leaves as it is', async () => {
    const first = await open();
    await first.begin(stepOf('a'));
    await first.end(stepOf('a'), { changed: false });
    await first.begin(stepOf('b'));
    await first.changing(stepOf('b'), [tagOf('d')]);
    await kill();
    const data = {
      jid: '20260101000000000001',
      function: 'state.apply',
      done: 1,
      inProgress: ['test.nop: b'],
      notBegun: 2,
      due: ['test.nop: d'],
    };
    expect(dueOf(await open(true))).toEqual([[tagOf('d'), [tagOf('b')]]]);
    const journal = await open();
    expect(warnings).toEqual(Array(2).fill(['an earlier state run was interrupted', data]));
    await journal.close({ isComplete: true, settled: [] });
  });

  it('describes a killed run for the return of its job', async () => {
    const first = await open();
    await first.begin(stepOf('a'));
    await first.end(stepOf('a'), { changed: false });
    await first.begin(stepOf('b'));
    const read = createInterruptedReader(store, silentLogger);
    expect(await read('20260101000000000001')).toBeUndefined();
    await kill();
    expect(await read('20260101000000000001')).toBe(
      [
        'state.apply:',
        '  done: 1',
        '    test.nop: a',
        '  in progress: 1',
        '    test.nop: b',
        '  not begun: 2',
        '    test.nop: c',
        '    test.nop: d',
      ].join('\n'),
    );
    expect(await read('20260101000000000002')).toBeUndefined();
  });

  it('leaves alone what a living run writes', async () => {
    const living = await open();
    await living.changing(stepOf('a'), [tagOf('b')]);
    const beside = await open();
    expect(dueOf(beside)).toEqual([]);
    await beside.close({ isComplete: true, settled: [] });
    expect(await store.list()).toHaveLength(1);
  });

  it('forgets what nobody took for a month', async () => {
    const manual = createManualClock(0);
    clock = manual;
    const first = await open();
    await first.changing(stepOf('a'), [tagOf('b')]);
    await kill();
    manual.advance(31 * 24 * 60 * 60 * 1000);
    expect(dueOf(await open())).toEqual([]);
  });

  it('reads what is whole of a damaged file', async () => {
    const first = await open();
    await first.changing(stepOf('a'), [tagOf('b')]);
    await first.begin(stepOf('c'));
    await kill();
    const [name = ''] = await store.list();
    fs.truncateSync(path.join(folder, name), fs.statSync(path.join(folder, name)).size - 1);
    const left = await open();
    expect(dueOf(left)).toEqual([[tagOf('b'), [tagOf('a')]]]);
    expect(warnings.map(([, data]) => data?.['inProgress'])).toEqual([[]]);
  });

  it('does not keep states from running when the disk takes no journal', async () => {
    fs.writeFileSync(folder, '');
    const journal = await open();
    await journal.changing(stepOf('a'), [tagOf('b')]);
    await journal.close({ isComplete: true, settled: [] });
    expect(warnings.map(([message]) => message)).toEqual(['state run is not journalled']);
  });
});
