import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endSignal } from './end-signal.ts';

const signals = ['SIGTERM', 'SIGINT'] as const;
let before: Map<NodeJS.Signals, Set<unknown>>;

beforeEach(() => {
  before = new Map(signals.map((signal) => [signal, new Set<unknown>(process.listeners(signal))]));
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const signal of signals) {
    for (const listener of process.listeners(signal)) {
      if (before.get(signal)?.has(listener) !== true) process.removeListener(signal, listener);
    }
  }
});

describe('the signal that ends a daemon', () => {
  it.each(signals)('is %s', async (signal) => {
    const asked = endSignal();
    process.emit(signal);
    expect(await asked).toBe(signal);
  });

  it.each(signals)('ends it at once when it is the second one (%s)', (signal) => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    void endSignal();
    process.emit('SIGTERM');
    expect(exit).not.toHaveBeenCalled();
    process.emit(signal);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
  });
});
