import { createManualClock } from '@brine/testkit';
import type { JobProgress } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { paceProgress } from './pace-progress.ts';

const progress = (done: number, more: Partial<JobProgress> = {}): JobProgress => ({
  ...{ jid: '20260101000000000001', done, total: 9, failed: 0, current: `step ${done}` },
  ...more,
});

describe('progress of a run', () => {
  it('is told at once when nothing was for a while, and else the newest when its time has come', () => {
    const clock = createManualClock();
    const told: number[] = [];
    const tell = paceProgress(({ done }) => told.push(done), clock);
    for (const done of [0, 1, 2]) tell(progress(done));
    expect(told).toEqual([0]);
    clock.advance(100);
    expect(told).toEqual([0, 2]);
    clock.advance(99);
    tell(progress(3));
    clock.advance(1);
    expect(told).toEqual([0, 2, 3]);
    clock.advance(100);
    tell(progress(4));
    expect(told).toEqual([0, 2, 3, 4]);
  });

  it('does not wait with a failure, nor with the end', () => {
    const clock = createManualClock();
    const told: number[] = [];
    const tell = paceProgress(({ done }) => told.push(done), clock);
    tell(progress(0));
    tell(progress(1));
    tell(progress(2, { failed: 1 }));
    tell(progress(3, { failed: 1 }));
    const { current: _, ...end } = progress(9, { failed: 1 });
    tell(end);
    clock.advance(1000);
    expect(told).toEqual([0, 2, 9]);
  });
});
