import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MinionId } from '@brine/common';
import { expect, it } from 'vitest';
import { makeForgetful } from './forgetful-store.ts';
import { openSqliteStore } from './sqlite-job-store.ts';
import type { Store } from './store.ts';

const web1 = 'web1' as MinionId;
const bytes = new Uint8Array([1]);

async function fill(store: Store): Promise<void> {
  await store.saveMinion({ id: web1, grains: bytes, version: '1', saltVersion: '3006', seenAt: 1 });
  await store.saveMinionData({ id: web1, kind: 'pillar', sealed: bytes });
  await store.saveMinionData({ id: web1, kind: 'mine', sealed: bytes });
}

it.each([
  [false, []],
  [true, ['mine']],
])('keeps nothing of minions; the mine where that is wanted (%j)', async (keepsMine, kept) => {
  const folder = mkdtempSync(join(tmpdir(), 'brine-forgetful-'));
  const store = openSqliteStore(join(folder, 'jobs.db'), () => 1);
  await fill(store);
  const forgetful = await makeForgetful(store, keepsMine);
  const kinds = async (): Promise<unknown> => (await store.minionData()).map(({ kind }) => kind);
  expect([await store.minions(), await kinds()]).toEqual([[], kept]);
  await fill(forgetful);
  expect([await store.minions(), await kinds()]).toEqual([[], kept]);
  await store.close();
  rmSync(folder, { recursive: true });
});
