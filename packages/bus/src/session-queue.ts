import type { AppError, Clock } from '@brine/common';
import { busError } from './bus-error.ts';

/** Those who wait for a session. */
export interface SessionQueue<Session> {
  /** Rejects with `bus-timeout`, `bus-cancelled` or the error of {@link rejectAll}. */
  wait(patience: { timeoutMilliseconds: number; signal: AbortSignal | undefined }): Promise<Session>;
  resolveAll(session: Session): void;
  rejectAll(error: AppError): void;
}

interface Waiter<Session> {
  resolve(session: Session): void;
  reject(error: AppError): void;
}

export function createSessionQueue<Session>(clock: Clock): SessionQueue<Session> {
  const waiters = new Set<Waiter<Session>>();
  return {
    wait: ({ timeoutMilliseconds, signal }) =>
      new Promise((resolve, reject) => {
        const settle = (): void => {
          waiters.delete(waiter);
          timer.cancel();
          signal?.removeEventListener('abort', cancel);
        };
        const waiter: Waiter<Session> = {
          resolve: (session) => {
            settle();
            resolve(session);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        };
        const cancel = (): void => waiter.reject(busError('bus-cancelled', 'the request was cancelled'));
        const timer = clock.after(timeoutMilliseconds, () =>
          waiter.reject(busError('bus-timeout', `no session with the master within ${timeoutMilliseconds} ms`)),
        );
        waiters.add(waiter);
        signal?.addEventListener('abort', cancel);
        if (signal?.aborted === true) cancel();
      }),
    resolveAll: (session) => {
      for (const waiter of waiters) waiter.resolve(session);
    },
    rejectAll: (error) => {
      for (const waiter of waiters) waiter.reject(error);
    },
  };
}
