import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createDriftWatcher, type DriftWatcher } from './drift-watcher-store.ts';
import { listTree, lookAt } from './file-looks.ts';
import type { KeptWatch } from './watch-file-store.ts';

function setUp(folder = mkdtempSync(path.join(tmpdir(), 'brine-drift-')), before?: KeptWatch) {
  const clock = createManualClock();
  const told: string[] = [];
  let kept = before;
  const watcher = createDriftWatcher({
    ...{ clock, logger: silentLogger },
    onDrift: (paths) => void told.push(...paths.map((one) => path.relative(folder, one))),
    kept: {
      load: async () => Promise.resolve(kept),
      save: async ({ files, settled }) => {
        kept = { files, settled: new Map(settled) };
        return Promise.resolve();
      },
    },
  });
  onTestFinished(() => {
    watcher.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string): string => path.join(folder, name);
  const watch = async (...names: readonly string[]): Promise<void> =>
    watcher.watch(names.map((name) => ({ path: file(name), isTree: name.startsWith('tree') })));
  return {
    ...{ clock, told, watcher, folder, file, watch },
    kept: () => kept,
    /** Lets time go by; answers which files were told of so far. */
    news: () => (clock.advance(100), told),
  };
}

/** What a run would say it left behind. */
async function leave(watcher: DriftWatcher, ...places: readonly string[]): Promise<void> {
  const looks = new Map<string, string>();
  for (const root of places) {
    const isTree = path.basename(root).startsWith('tree');
    for (const place of isTree ? [root, ...(await listTree(root))] : [root])
      looks.set(place, (await lookAt(place, isTree)).looks);
  }
  await watcher.settle(looks, []);
}

it('tells what somebody changed after the step about it, however much later the run ends', async () => {
  const { news, watcher, file, watch } = setUp();
  for (const name of ['steady', 'changed', 'removed']) writeFileSync(file(name), 'text');
  watcher.hold();
  await watch('steady', 'changed', 'removed');
  const looks = new Map<string, string>();
  for (const name of ['steady', 'changed']) looks.set(file(name), (await lookAt(file(name))).looks);
  writeFileSync(file('changed'), 'other');
  await watcher.settle(looks, []);
  watcher.release();
  await expect.poll(news).toEqual(['changed']);
  rmSync(file('removed'));
  await expect.poll(news).toEqual(['changed', 'removed']);
});

it('takes what a run wrote for right', async () => {
  const { news, watcher, file, watch } = setUp();
  writeFileSync(file('one'), 'text');
  writeFileSync(file('two'), 'text');
  await watch('one', 'two');
  watcher.hold();
  writeFileSync(file('one'), 'written by the run');
  await leave(watcher, file('one'), file('two'));
  watcher.release();
  writeFileSync(file('two'), 'by hand');
  await expect.poll(news).toEqual(['two']);
});

it('finds after a restart what changed while nobody watched, and what no run has left as it is', async () => {
  const first = setUp();
  const { folder, file, watcher } = first;
  for (const name of ['steady', 'changed', 'unsettled']) writeFileSync(file(name), 'text');
  mkdirSync(file('tree'));
  await first.watch('steady', 'changed', 'unsettled', 'tree');
  await leave(watcher, file('steady'), file('changed'), file('tree'));
  watcher.close();
  chmodSync(file('changed'), 0o600);
  writeFileSync(file('tree/new'), 'text');
  const second = setUp(folder, first.kept());
  await second.watcher.restore();
  await expect.poll(second.news).toEqual(['changed', 'unsettled', 'tree']);
  writeFileSync(file('steady'), 'other');
  await expect.poll(second.news).toEqual(['changed', 'unsettled', 'tree', 'steady']);
});

it('sees a folder that is removed, moved away, made again or replaced, also above the one of the file', async () => {
  const { news, file, watch } = setUp();
  mkdirSync(file('a/b/c'), { recursive: true });
  writeFileSync(file('a/b/c/one'), 'text');
  await watch('a/b/c/one', 'a/b/c/absent');
  renameSync(file('a/b/c'), file('a/b/away'));
  await expect.poll(news).toEqual(['a/b/c/one']);
  mkdirSync(file('a/b/c'));
  writeFileSync(file('a/b/c/absent'), 'text');
  await expect.poll(news).toEqual(['a/b/c/one', 'a/b/c/absent']);
  renameSync(file('a'), file('moved'));
  await expect.poll(news).toEqual(['a/b/c/one', 'a/b/c/absent', 'a/b/c/absent']);
  mkdirSync(file('a/b/c'), { recursive: true });
  writeFileSync(file('a/b/c/one'), 'text');
  await expect.poll(news).toEqual(['a/b/c/one', 'a/b/c/absent', 'a/b/c/absent', 'a/b/c/one']);
});

it('sees what happens inside a tree and behind a symlink', async () => {
  const { news, file, watch } = setUp();
  mkdirSync(file('tree/deep'), { recursive: true });
  mkdirSync(file('elsewhere'));
  writeFileSync(file('elsewhere/target'), 'text');
  symlinkSync(file('elsewhere/target'), file('link'));
  await watch('tree', 'link');
  writeFileSync(file('tree/deep/new'), 'text');
  await expect.poll(news).toEqual(['tree']);
  writeFileSync(file('tree/deep/new'), 'more');
  await expect.poll(news).toEqual(['tree', 'tree']);
  writeFileSync(file('elsewhere/target'), 'other');
  await expect.poll(news).toEqual(['tree', 'tree', 'link']);
});

it('is silent while nothing happens', async () => {
  const { clock, file, watch, news } = setUp();
  mkdirSync(file('tree'));
  writeFileSync(file('tree/one'), 'text');
  writeFileSync(file('other'), 'text');
  await watch('tree', 'other');
  for (let minute = 0; minute < 5; minute += 1) clock.advance(60_000);
  writeFileSync(file('other'), 'changed');
  await expect.poll(news).toEqual(['other']);
});
