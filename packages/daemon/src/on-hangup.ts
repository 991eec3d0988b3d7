import { formatProblems, isAppError, type Logger } from '@brine/common';

/** What a daemon does at a hangup; nothing until it is told what. */
export interface Hangup {
  /** Runs `reload` for every SIGHUP, one after the other. What fails is logged, and the daemon goes on as it was. */
  whenReady(logger: Logger, reload: () => Promise<void>): void;
}

/** Keeps SIGHUP from ending this process; called before anything is begun. */
export function onHangup(): Hangup {
  let turn: () => Promise<void> = async () => {};
  let last: Promise<void> = Promise.resolve();
  process.on('SIGHUP', () => {
    last = last.then(async () => turn());
  });
  return {
    whenReady(logger, reload) {
      turn = async () => {
        try {
          await reload();
        } catch (error) {
          logger.error('configuration was not read again; the one before stays', { problem: describe(error) });
        }
      };
    },
  };
}

function describe(error: unknown): string {
  if (isAppError(error)) {
    return error.problems.length > 0 ? `${error.message}\n${formatProblems(error.problems)}` : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}
