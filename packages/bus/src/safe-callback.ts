import type { Logger } from '@brine/common';

/** Calls code of the bus's user: what it throws is logged and goes no further. */
export function callSafely(logger: Logger, callback: () => void): void {
  try {
    callback();
  } catch (error) {
    logger.error('a callback of the bus failed', { error });
  }
}
