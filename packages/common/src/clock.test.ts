import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from './clock.ts';

const day = 86_400_000;

describe('the clock of the machine', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([0, 1, 30, 24.85, 60, 400])('waits for %d days', (days) => {
    const told = vi.fn<() => void>();
    systemClock.after(days * day + 1, told);
    vi.advanceTimersByTime(days * day);
    expect(told).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(told).toHaveBeenCalledOnce();
  });

  it('can be told not to, at any time', () => {
    const told = vi.fn<() => void>();
    const timer = systemClock.after(90 * day, told);
    vi.advanceTimersByTime(60 * day);
    timer.cancel();
    vi.advanceTimersByTime(60 * day);
    expect(told).not.toHaveBeenCalled();
  });
});
