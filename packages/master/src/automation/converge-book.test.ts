import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeValue, toPlain, toValue, type Plain } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEventBus } from '../events/event-bus.ts';
import type { OwnJobReturn } from '../jobs/own-job-report.ts';
import { openAutomationStore, type AutomationStore } from './automation-store.ts';
import { createConvergeBook, type ConvergeBook } from './converge-book.ts';

let folder: string;
let store: AutomationStore;
let book: ConvergeBook;
let told: unknown[];
const bus = createEventBus(createManualClock());
bus.listen(({ tag }) => void told.push(tag));

beforeEach(() => {
  told = [];
  folder = mkdtempSync(join(tmpdir(), 'converge-book-'));
  store = openAutomationStore(join(folder, 'automation.db'));
  book = createConvergeBook(store, bus);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

let count = 0;

function report(name: 'run' | 'drift', steps: Plain): OwnJobReturn {
  count += 1;
  const metadata = encodeValue(toValue({ converge: name, mode: 'enforce' }));
  const call = { argument: encodeValue([]), keywordArgument: encodeValue(new Map()) };
  return {
    ...{ jid: String(count), fun: 'converge.run', status: 'ok', value: encodeValue(toValue(steps)), retcode: 0 },
    ...{ startedAt: count * 1000, duration: 1, own: { kind: 'converge', name, report: 'store', metadata, ...call } },
  } as OwnJobReturn;
}

const step = (result: boolean | null, changes: Plain = {}): Plain => ({
  ...{ __id__: 'motd', __sls__: 'site', name: '/etc/motd', comment: `it is ${String(result)}`, result, changes },
});

/** Whether a report is kept as a job; it is noted after that, as the dispatcher does. */
async function tell(name: 'run' | 'drift', one: Plain): Promise<boolean> {
  const said = report(name, { one });
  const isNews = book.isNews('web1', said);
  await book.note('web1', said);
  return isNews;
}

const shown = (): Record<string, unknown> => {
  const { web1 } = toPlain(book.status()) as { readonly web1: Record<string, unknown> };
  return web1;
};

it('takes for news what was repaired and what is amiss otherwise than before', async () => {
  const inState = step(true);
  expect(await tell('run', inState)).toBe(true);
  expect(await tell('run', inState)).toBe(false);
  expect(await tell('run', step(null, { diff: 'a' }))).toBe(true);
  expect(await tell('run', step(null, { diff: 'a' }))).toBe(false);
  expect(await tell('run', step(null, { diff: 'b' }))).toBe(true);
  expect(await tell('run', step(false))).toBe(true);
  expect(await tell('run', step(false))).toBe(false);
  expect(await tell('run', step(true, { diff: 'c' }))).toBe(true);
  expect(await tell('run', step(true, { diff: 'c' }))).toBe(true);
  expect(await tell('run', inState)).toBe(false);
  expect(await tell('drift', inState)).toBe(true);
  expect(await tell('drift', inState)).toBe(false);
});

it('moves the time of the last run, and keeps since when it stands so, whatever is kept of it', async () => {
  await tell('run', step(true, { diff: 'c' }));
  const { since } = shown();
  await tell('run', step(true));
  const { last_run: last } = shown();
  expect(await tell('run', step(true))).toBe(false);
  expect(shown()).toMatchObject({ status: 'in state', since, last_repair: { what: { motd: { name: '/etc/motd' } } } });
  expect(Date.parse(String(shown()['last_run'])) - Date.parse(String(last))).toBe(1000);
  expect(told).toEqual([
    ...['salt/converge/web1/repaired', 'salt/converge/web1/ok', 'salt/converge/web1/ok', 'salt/converge/web1/ok'],
  ]);
});

it('knows what several looks found, each at a file of its own, until another finds it as it should be', async () => {
  const motd = step(null, { diff: 'a' });
  const issue = { ...(step(null, { diff: 'b' }) as object), __id__: 'issue' };
  const what = (): readonly string[] => Object.keys(shown()['what'] as object);
  await tell('run', { ...(motd as object), __id__: 'hosts' });
  expect([await tell('drift', motd), await tell('drift', issue), what()]).toEqual([
    true,
    true,
    ['hosts', 'motd', 'issue'],
  ]);
  expect(await tell('drift', issue)).toBe(false);
  await tell('drift', step(true));
  await tell('drift', { ...(step(true) as object), __id__: 'hosts' });
  expect([what(), shown()['status']]).toEqual([['issue'], 'drifted']);
  await tell('run', step(true));
  expect([what(), shown()['status']]).toEqual([[], 'in state']);
});

it('leaves a report that is told again to whoever keeps jobs', async () => {
  const said = report('run', { one: step(true) });
  expect(book.isNews('web1', said)).toBe(true);
  await book.note('web1', said);
  expect(book.isNews('web1', said)).toBe(true);
});

it('takes the same report twice as once, and tells of it again only after a restart', async () => {
  const said = report('run', { one: step(false) });
  await book.note('web1', said);
  const before = shown();
  await book.note('web1', said);
  expect(shown()).toEqual(before);
  expect(told).toEqual(['salt/converge/web1/failed']);
  book = createConvergeBook(store, bus);
  await book.note('web1', said);
  expect(shown()).toEqual(before);
  expect(told).toEqual(['salt/converge/web1/failed', 'salt/converge/web1/failed']);
});

it('knows what it knew after a restart', async () => {
  await tell('run', step(false));
  const before = shown();
  book = createConvergeBook(store, bus);
  expect(shown()).toEqual(before);
  expect(await tell('run', step(false))).toBe(false);
});
