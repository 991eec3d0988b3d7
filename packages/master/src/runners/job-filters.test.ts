import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeValue, toValue, type Jid, type MinionId, type Target } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import { findJobs, type JobFilters } from './job-filters.ts';

describe('findJobs', () => {
  let folder: string;
  let store: Store;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-filters-'));
    store = openSqliteStore(join(folder, 'jobs.db'), () => 0);
    const jobs: [jid: string, fun: string, target: Target, metadata?: unknown][] = [
      ['20261121070000000001', 'test.ping', { type: 'glob', expression: '*' }],
      ['20261121070100000000', 'state.apply', { type: 'list', expression: 'db1,web1' }, { release: 7, who: 'ci' }],
      ['20261122080000000000', 'test.echo', { type: 'glob', expression: 'web*' }, { release: 8 }],
      ['20261123090000000000', 'state.apply', { type: 'glob', expression: 'db1' }],
      ['20260101000000000000', 'grains.items,test.sleep', { type: 'glob', expression: '*' }],
    ];
    for (const [jid, fun, target, metadata] of jobs) {
      await store.addJob(
        {
          ...{ jid: jid as Jid, fun, target, user: 'root', createdAt: 0, notAfter: 0 },
          ...{ positional: encodeValue([]), keyword: encodeValue(new Map()) },
          ...(metadata === undefined ? {} : { metadata: toValue(metadata as never) }),
        },
        ['web1' as MinionId],
      );
    }
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const days = async (filters: JobFilters, limit = 10): Promise<string[]> =>
    (await findJobs(store, filters, limit)).map(({ jid }) => jid.slice(6, 12));

  it('finds the newest first, by globs over functions and minions', async () => {
    expect(await days({})).toEqual(['230900', '220800', '210701', '210700', '010000']);
    expect(await days({}, 2)).toEqual(['230900', '220800']);
    expect(await days({ fun: 'test.*' })).toEqual(['220800', '210700', '010000']);
    expect(await days({ fun: 'state.apply' }, 1)).toEqual(['230900']);
    expect(await days({ fun: ['test.ping', 'state.*'], target: 'db*' })).toEqual(['230900', '210701']);
  });

  it('finds jobs of several functions by each of them', async () => {
    expect(await days({ fun: 'grains.items' })).toEqual(['010000']);
    expect(await days({ fun: 'test.sleep' })).toEqual(['010000']);
    expect(await days({ fun: ['test.sl*', 'state.none'] })).toEqual(['010000']);
    expect([await days({ fun: 'test.slee' }), await days({ fun: 'items' })]).toEqual([[], []]);
  });

  it('finds by one entry of the metadata', async () => {
    expect(await days({ metadata: toValue({ release: 7, who: 'nobody' }) })).toEqual(['210701']);
    await expect(days({ metadata: 'release' })).rejects.toMatchObject({ code: 'runner-arguments' });
  });

  it('finds by time, written as Salt shows it and as ISO writes it', async () => {
    expect(await days({ start: '2026, Nov 21 07:01' })).toEqual(['230900', '220800', '210701']);
    expect(await days({ start: '2026-11-21T07:01:01', end: '2026-11-22' })).toEqual(['220800']);
    expect(await days({ end: '20261121070000000001' })).toEqual(['010000']);
    await expect(days({ end: 'yesterday' })).rejects.toThrow("'yesterday' is no time");
  });
});
