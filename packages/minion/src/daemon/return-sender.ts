import { encodeMessage, type Clock, type Logger, type Timer } from '@brine/common';
import type { JobJournal } from './job-journal.ts';

/** Sends the returns in the journal until the master has acknowledged each durably. */
export interface ReturnSender {
  /** There is something to send, or somebody to send it to again. */
  wake(): void;
  /** Resolves when nothing is left to send, or after the given time. */
  drain(milliseconds: number): Promise<void>;
  stop(): void;
}

/** What a sender is made of. */
export interface ReturnSenderOptions {
  readonly journal: JobJournal;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether there is a session to send through now. */
  isConnected(): boolean;
  request(verb: string, body: Uint8Array): Promise<Uint8Array>;
  /** A number from 0 to below 1, for jitter. */
  random(): number;
}

const retryMilliseconds = { first: 500, most: 30_000 };

/** Creates a sender; it sends one return at a time, oldest first. */
export function createReturnSender(options: ReturnSenderOptions): ReturnSender {
  const { journal, clock, logger } = options;
  const drained = new Set<() => void>();
  let sending = false;
  let stopped = false;
  let delay = retryMilliseconds.first;
  let retry: Timer | undefined;

  async function sendAll(): Promise<void> {
    for (let next = journal.unacknowledged()[0]; next !== undefined; next = journal.unacknowledged()[0]) {
      if (stopped || !options.isConnected()) return;
      if (next.own === undefined) await options.request('job.return', encodeMessage(next));
      else if (next.own.report !== 'none') await options.request('job.report', encodeMessage(next));
      await journal.acknowledge(next.jid);
      delay = retryMilliseconds.first;
    }
    for (const resolve of drained) resolve();
    drained.clear();
  }

  async function run(): Promise<void> {
    if (sending || stopped) return;
    sending = true;
    retry?.cancel();
    try {
      await sendAll();
    } catch (error) {
      logger.warn('return could not be sent; it will be sent again', { error, retryMilliseconds: delay });
      retry = clock.after(Math.ceil(options.random() * delay), () => void run());
      delay = Math.min(delay * 2, retryMilliseconds.most);
    } finally {
      sending = false;
    }
  }

  return {
    wake: () => void run(),
    drain: (milliseconds) =>
      new Promise((resolve) => {
        if (journal.unacknowledged().length === 0) return resolve();
        drained.add(resolve);
        clock.after(milliseconds, resolve);
        void run();
      }),
    stop: () => {
      stopped = true;
      retry?.cancel();
    },
  };
}
