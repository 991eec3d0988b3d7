import { createManualClock } from '@brine/testkit';
import { expect, it } from 'vitest';
import { createDueLooks } from './due-looks.ts';

function setUp() {
  const clock = createManualClock();
  const flapping: string[] = [];
  return { clock, flapping, due: createDueLooks(clock, (path) => void flapping.push(path)) };
}

it('tries a look that failed again, later and later, until it is done', () => {
  const { clock, due } = setUp();
  due.drifted('/a');
  expect(due.take()).toEqual(['/a']);
  const delays: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    delays.push(due.failed('/a'));
    expect(due.take()).toEqual([]);
    clock.advance(due.wait() ?? 0);
    expect(due.take()).toEqual(['/a']);
  }
  expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000]);
  due.done('/a');
  expect(due.wait()).toBeUndefined();
  expect(due.failed('/a')).toBe(1000);
});

it('looks once a minute at a file that drifts again and again', () => {
  const { clock, due, flapping } = setUp();
  const turns = Array.from({ length: 8 }, () => {
    due.drifted('/a');
    return due.take().length;
  });
  expect(turns).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
  expect([flapping, due.wait()]).toEqual([['/a'], 60_000]);
  clock.advance(60_000);
  expect(due.take()).toEqual(['/a']);
  clock.advance(60_000);
  due.drifted('/a');
  expect(due.take()).toEqual(['/a']);
});

it('confirms what a look changed, and a confirmation only if somebody had been at the file in between', () => {
  const { due } = setUp();
  due.confirm('/a', true);
  expect(due.take()).toEqual(['/a']);
  due.confirm('/a', true);
  expect(due.paths).toEqual([]);
  due.confirm('/a', false);
  expect(due.take()).toEqual(['/a']);
  due.drifted('/a');
  expect(due.take()).toEqual(['/a']);
  due.confirm('/a', true);
  expect(due.paths).toEqual(['/a']);
});
