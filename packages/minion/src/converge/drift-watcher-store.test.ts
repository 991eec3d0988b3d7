import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLogger } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createDriftWatcher } from './drift-watcher-store.ts';

function setUp() {
  const folder = mkdtempSync(path.join(tmpdir(), 'brine-drift-'));
  const clock = createManualClock();
  const told: string[] = [];
  const watcher = createDriftWatcher({ clock, logger: silentLogger, onDrift: (paths) => void told.push(...paths) });
  onTestFinished(() => {
    watcher.close();
    rmSync(folder, { recursive: true });
  });
  return { clock, told, watcher, file: (name: string) => path.join(folder, name) };
}

/** A moment by the kernel's clock of files, far enough from all that was written before and will be after it. */
function between(): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'brine-clock-'));
  const tick = (): number => {
    const probe = path.join(folder, 'probe');
    writeFileSync(probe, '');
    return statSync(probe).ctimeMs;
  };
  const first = tick();
  let moment = first;
  while (moment - first <= 25) moment = tick();
  while (tick() === moment);
  rmSync(folder, { recursive: true });
  return moment;
}

it('tells what somebody changed between the end of a run and its settling', async () => {
  const { clock, told, watcher, file } = setUp();
  for (const name of ['steady', 'changed', 'removed']) writeFileSync(file(name), 'text');
  watcher.hold();
  await watcher.watch(['steady', 'changed', 'removed'].map((name) => ({ path: file(name), isTree: false })));
  const endedAt = between();
  writeFileSync(file('changed'), 'other');
  await watcher.settle(endedAt);
  watcher.release();
  clock.advance(100);
  await expect.poll(() => told).toEqual([file('changed')]);
  rmSync(file('removed'));
  await expect.poll(() => (clock.advance(100), told)).toEqual([file('changed'), file('removed')]);
});

it('takes what a run wrote for right', async () => {
  const { clock, told, watcher, file } = setUp();
  writeFileSync(file('one'), 'text');
  await watcher.watch([{ path: file('one'), isTree: false }]);
  watcher.hold();
  writeFileSync(file('one'), 'written by the run');
  await watcher.settle(between());
  watcher.release();
  clock.advance(100);
  writeFileSync(file('one'), 'by hand');
  await expect.poll(() => (clock.advance(100), told)).toEqual([file('one')]);
});
