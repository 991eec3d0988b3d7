import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { damagePage, settlePages } from '../../test-support/damaged-database.ts';
import type { Salvage } from '../store/salvage-store.ts';
import { openAutomationStore } from './automation-store.ts';

const count = 200;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-automation-'));
  path = join(folder, 'automation.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A store of many pages, all of them in the main file; tells how many. */
async function fill(): Promise<number> {
  const store = openAutomationStore(path);
  const value = Buffer.alloc(300, 1);
  const numbers = Array.from({ length: count }, (_, number) => number);
  await Promise.all(numbers.map(async (number) => store.setFact('orchestration', `job-${number}`, value)));
  await Promise.all(numbers.map(async (number) => store.addEvent(`my/event/${number}`, value)));
  await store.close();
  return settlePages(path);
}

describe("a damaged store of the master's automation", () => {
  it('is put aside at the next start, and keeps what the other pages hold', async () => {
    const pages = await fill();
    damagePage(path, pages - 2);
    const broken = readFileSync(path);
    const salvages: Salvage[] = [];
    const store = openAutomationStore(path, () => 7, { onSalvage: (salvage) => salvages.push(salvage) });
    expect(salvages).toMatchObject([{ quarantine: `${path}.damaged-7` }]);
    expect(readFileSync(`${path}.damaged-7`)).toEqual(broken);
    const [facts, events] = [store.facts('orchestration').size, store.eventsAfter(0, 1000)];
    expect(facts + events.length).toBeGreaterThanOrEqual(2 * count - 30);
    expect(facts + events.length).toBeLessThan(2 * count);
    // What comes now goes behind all that was there, so that nothing is taken for an event that was dealt with.
    await store.addEvent('my/event/new', Buffer.alloc(1));
    expect(store.eventsAfter(events.at(-1)?.sequence ?? 0, 10).map(({ tag }) => tag)).toEqual(['my/event/new']);
    await store.close();
  });

  it('is told when it is met while the store is open', async () => {
    const pages = await fill();
    const told: unknown[] = [];
    const store = openAutomationStore(path, () => 7, { onDamage: (error) => told.push(error) });
    for (let page = 1; page < pages; page += 1) damagePage(path, page);
    expect(() => store.eventsAfter(0, 1000)).toThrow(/malformed|corrupt/i);
    expect(told).toHaveLength(1);
    await store.close();
  });
});
