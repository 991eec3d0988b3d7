import type { Logger } from '@brine/common';

/** Runs work from which nothing may escape, because only a socket or a timer called it: what it throws is logged. */
export function callSafely(logger: Logger, work: () => void): void {
  try {
    work();
  } catch (error) {
    logger.error('unexpected error in the bus', { error });
  }
}
