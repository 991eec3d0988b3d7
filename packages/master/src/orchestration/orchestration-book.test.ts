import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSeal } from '@brine/bus';
import { silentLogger, toPlain, toValue, type Dict, type Jid } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAutomationStore, type AutomationStore } from '../automation/automation-store.ts';
import { createOrchestrationBook, readMarks, type OrchestrationBook } from './orchestration-book.ts';
import type { OrchestrationRecord } from './orchestration-record.ts';

const jid = '20260101000000000001' as Jid;
const key = randomBytes(32);
const record: OrchestrationRecord = {
  ...{ jid, runner: 'state.orchestrate', fun: 'state.sls', positional: ['orch.a'], user: 'ada', startedAt: 5 },
  keyword: toValue({ pillar: { password: 'CANARY' } }) as Dict,
};

let folder: string;
let store: AutomationStore;
let book: OrchestrationBook;

function open(seal = createDataSeal(key)): void {
  store = openAutomationStore(join(folder, 'automation.db'));
  book = createOrchestrationBook(store, seal, silentLogger);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-book-'));
  open();
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the book of orchestrations', () => {
  it('has everything again in the next process', async () => {
    await book.begin(record);
    await book.pin(jid, ['compiled']);
    await book.changing(jid, 'a', new Map());
    await book.ended(jid, 'a', 'good');
    await book.changing(jid, 'b', new Map());
    await book.note(jid, 'a  0', 'job');
    await book.note(jid, 'b rollout', 'half');
    await book.setMarks(jid, toValue({ b: { duration: 5 }, __all__: { kill: true } }) as Dict);
    await store.close();
    open();
    expect(book.open()).toEqual([record]);
    expect(book.pinned(jid)).toEqual(['compiled']);
    const { changing, ended } = book.steps(jid);
    expect([[...changing.keys()], [...ended]]).toEqual([['a', 'b'], [['a', 'good']]]);
    expect([book.noted(jid, 'a  0'), book.noted(jid, 'c'), book.notes(jid, ' rollout')]).toEqual([
      'job',
      undefined,
      ['half'],
    ]);
    expect(Object.fromEntries(readMarks(book.marks(jid)))).toEqual({ b: { duration: 5 }, __all__: { kill: true } });
  });

  it('shows nothing of what it holds to those who have the file alone', async () => {
    await book.begin(record);
    await book.note(jid, 'a', 'CANARY');
    await store.close();
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(files.join('')).not.toContain('CANARY');
    open(createDataSeal(randomBytes(32)));
    expect([book.open(), book.noted(jid, 'a')]).toEqual([[], undefined]);
  });

  it('forgets one and keeps the others', async () => {
    const other = '20260101000000000002' as Jid;
    for (const one of [jid, other]) {
      await book.begin({ ...record, jid: one });
      await book.note(one, 'a', one);
    }
    await book.forget(jid);
    expect(book.open().map((one) => one.jid)).toEqual([other]);
    expect([book.noted(jid, 'a'), book.noted(other, 'a'), toPlain(book.marks(jid))]).toEqual([undefined, other, {}]);
  });
});
