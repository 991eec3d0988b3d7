import type { Logger } from '@brine/common';

/**
 * Resolves with the first signal that asks this process to end (SIGTERM, SIGINT); a second one ends it at once. Called
 * before anything is begun, so that a signal during the start ends in good order too.
 */
export function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (isAsked) process.exit(1);
        isAsked = true;
        resolve(signal);
      });
    }
  });
}

/** Logs what would end a daemon for no good reason: a rejection that nobody handled. */
export function logSurprises(logger: Logger): void {
  process.on('unhandledRejection', (error) => logger.error('unhandled rejection', { error }));
}
