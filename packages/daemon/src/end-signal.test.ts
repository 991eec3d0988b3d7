import { describe, expect, it, vi } from 'vitest';
import { endSignal } from './end-signal.ts';

describe('the signal that ends a daemon', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('is %s, and a second one ends at once', async (signal) => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    const asked = endSignal();
    process.emit(signal);
    expect(await asked).toBe(signal);
    expect(exit).not.toHaveBeenCalled();
    process.emit(signal);
    expect(exit).toHaveBeenCalledExactlyOnceWith(1);
    exit.mockRestore();
  });
});
