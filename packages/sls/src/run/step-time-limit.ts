import { AppError, pythonRepr, type Clock, type Value } from '@brine/common';

/** Seconds that a step's `timeout` allows; `undefined` without one. Throws `state-argument` when it is no time. */
export function readTimeLimit(value: Value | undefined): number | undefined {
  if (value === undefined || value === null) return undefined;
  const seconds = typeof value === 'object' && 'size' in value ? Number.NaN : Number(value);
  if (seconds > 0) return seconds;
  throw new AppError({ code: 'state-argument', message: `timeout: ${pythonRepr(value)} is not a number of seconds` });
}

/** Something to do that can be told to stop. */
export type Interruptible<Result> = (signal: AbortSignal) => Promise<Result>;

/** What the limit is measured by, and what ends the whole run. */
export interface TimeLimit {
  readonly seconds: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Does `work`, but for at most the allowed time: then its signal fires, and `step-timeout` is thrown. */
export async function withTimeLimit<Result>(limit: TimeLimit, work: Interruptible<Result>): Promise<Result> {
  const { seconds, clock, signal } = limit;
  if (seconds === undefined) return work(signal);
  const overdue = new AbortController();
  let timer: ReturnType<Clock['after']> | undefined;
  const expiry = new Promise<never>((_resolve, reject) => {
    timer = clock.after(seconds * 1000, () => {
      const message = `The state did not finish within ${seconds} seconds and was stopped`;
      reject(new AppError({ code: 'step-timeout', message }));
      overdue.abort();
    });
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, overdue.signal])), expiry]);
  } finally {
    timer?.cancel();
  }
}
