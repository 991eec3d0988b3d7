import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeValue, type Jid, type MinionId } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { damagePage, settlePages } from '../../test-support/damaged-database.ts';
import { salvageFailpoints, type Salvage, type SalvageFailpoint } from './salvage-store.ts';
import type { JobRecord } from './store.ts';
import { openSqliteStore } from './sqlite-job-store.ts';

const jidOf = (number: number): Jid => `20261121${String(number).padStart(12, '0')}` as Jid;
const web1 = 'web1' as MinionId;
const count = 200;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-salvage-'));
  path = join(folder, 'jobs.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

function jobOf(number: number): JobRecord {
  const given = { positional: encodeValue(['x'.repeat(300)]), keyword: encodeValue(new Map()) };
  const target = { type: 'glob', expression: '*' } as const;
  return { ...given, jid: jidOf(number), fun: 'test.arg', target, user: 'root', createdAt: 1, notAfter: 9e15 };
}

/** A store of many pages, all of them in the main file. */
async function fill(): Promise<number> {
  const store = openSqliteStore(path, () => 1);
  await Promise.all(Array.from({ length: count }, async (_, number) => store.addJob(jobOf(number), [web1])));
  await store.setCounter('publication-sequence', 77n);
  await store.close();
  return settlePages(path);
}

/** Hears of salvages, and tells people. */
function hearing(salvages: Salvage[]): (salvage: Salvage) => void {
  return (salvage) => {
    salvages.push(salvage);
    salvage.forget();
  };
}

async function jobsIn(
  seen: (salvage: Salvage) => void = () => {},
): Promise<{ readonly jobs: number; readonly unfinished: number }> {
  const store = openSqliteStore(path, () => 1, undefined, { onSalvage: seen });
  const [jobs, unfinished] = [await store.listJobs({ limit: 10_000 }), await store.unfinished()];
  const known = new Set(jobs.map(({ jid }) => jid));
  expect(unfinished.filter(({ jid }) => !known.has(jid))).toEqual([]);
  await store.addJob(jobOf(999_000 + jobs.length), [web1]);
  await store.close();
  return { jobs: jobs.length, unfinished: unfinished.length };
}

describe('a damaged job store', () => {
  it('is put aside at the next start whatever page is damaged, and keeps what the others hold', async () => {
    const pages = await fill();
    const sound = `${path}.sound`;
    copyFileSync(path, sound);
    const kept: number[] = [];
    for (let page = 1; page < pages; page += Math.ceil(pages / 8)) {
      for (const name of readdirSync(folder)) if (name !== 'jobs.db.sound') rmSync(join(folder, name));
      copyFileSync(sound, path);
      damagePage(path, page);
      const broken = readFileSync(path);
      const salvages: Salvage[] = [];
      kept.push((await jobsIn(hearing(salvages))).jobs);
      expect(salvages).toHaveLength(1);
      expect(readFileSync(salvages[0]?.quarantine ?? '')).toEqual(broken);
      // A second start finds nothing to complain of.
      await jobsIn(() => expect.unreachable('the new file is sound'));
    }
    // A leaf holds some ten jobs; only the root of the jobs takes all of them along.
    expect(kept.filter((jobs) => jobs >= count - 30).length).toBeGreaterThanOrEqual(kept.length - 2);
  }, 240_000);

  it('is not looked for in a file that was closed properly, unless somebody changed it or a start had no end', async () => {
    const pages = await fill();
    const sound = openSqliteStore(path, () => 1);
    await sound.close();
    const times = statSync(path);
    damagePage(path, pages - 2);
    const salvages: Salvage[] = [];
    const watch = { onSalvage: hearing(salvages) };
    // The time of the last change tells the file from the one that was closed; here it says that nobody was there.
    const then = (Math.floor(times.mtimeMs) + 0.5) / 1000;
    utimesSync(path, then, then);
    const unlooked = openSqliteStore(path, () => 1, undefined, watch);
    expect(salvages).toEqual([]);
    // That start has no end: the next one looks.
    const looked = openSqliteStore(path, () => 1, undefined, watch);
    expect(salvages).toHaveLength(1);
    await Promise.all([unlooked.close(), looked.close()]);
  });

  it('begins anew when even its first page is gone', async () => {
    await fill();
    damagePage(path, 0);
    const salvages: Salvage[] = [];
    const store = openSqliteStore(path, () => 1, undefined, { onSalvage: hearing(salvages) });
    expect(await store.listJobs({ limit: 10 })).toEqual([]);
    expect(salvages).toMatchObject([{ rows: { jobs: 0, deliveries: 0 } }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('is told when it is met while the store is open', async () => {
    const pages = await fill();
    const told: unknown[] = [];
    const store = openSqliteStore(path, () => 1, undefined, { onDamage: (error) => told.push(error) });
    for (let page = 1; page < pages; page += 1) damagePage(path, page);
    await expect(store.listJobs({ limit: 10_000 })).rejects.toMatchObject({ code: 'SQLITE_CORRUPT' });
    expect(told).toHaveLength(1);
    await store.close();
  });

  it.each(salvageFailpoints)(
    'is salvaged by the next start when one dies at %s, and nothing more is lost',
    async (place) => {
      const pages = await fill();
      damagePage(path, pages - 2);
      const broken = readFileSync(path);
      const reach = (name: SalvageFailpoint): void => {
        if (name === place) throw new Error('died here');
      };
      expect(() => openSqliteStore(path, () => 1, undefined, { reach })).toThrow('died here');
      // Twice: the second dies as well.
      expect(() => openSqliteStore(path, () => 2, undefined, { reach })).toThrow('died here');
      const salvages: Salvage[] = [];
      const { jobs } = await jobsIn((salvage) => salvages.push(salvage));
      expect(salvages).toMatchObject([{ quarantine: `${path}.damaged-1`, isResumed: true, rows: { jobs } }]);
      expect(jobs).toBeGreaterThanOrEqual(count - 30);
      expect(readFileSync(`${path}.damaged-1`)).toEqual(broken);
      // Nobody was told: the next start says it again, and keeps what came meanwhile.
      const again: Salvage[] = [];
      expect((await jobsIn(hearing(again))).jobs).toBe(jobs + 1);
      expect(again).toMatchObject([{ quarantine: `${path}.damaged-1`, rows: { jobs } }]);
      await jobsIn(() => expect.unreachable('everybody knows'));
      expect(readdirSync(folder).filter((name) => /salvage/.test(name))).toEqual([]);
    },
  );

  it('is not opened while the mark of a salvage beside it cannot be read', async () => {
    await fill();
    writeFileSync(`${path}.salvage`, 'what is this?');
    expect(() => openSqliteStore(path, () => 1)).toThrow(`${path}.salvage is not what a salvage wrote`);
  });
});
