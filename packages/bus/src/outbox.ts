import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { Clock } from '@brine/common';
import { encodeFragment } from './fragment.ts';
import { protocolLimits } from './protocol-limits.ts';
import type { SendOutcome } from './transport.ts';

/** What became of a message: handed to the transport, refused because too much waits, or lost with the session. */
export type PostOutcome = 'sent' | 'busy' | 'closed';

/** The messages that wait to be sent on one session. Large ones take turns, so a small one never waits long. */
export interface Outbox {
  /** Never rejects. `afterSeal` runs between the sealing of this message's last frame and that of the next frame. */
  post(message: Uint8Array, afterSeal?: () => void): Promise<PostOutcome>;
  /** Drops what waits; seals `last`, if any, at once, and resolves when the transport has it. Never rejects. */
  close(last?: Uint8Array): Promise<void>;
}

interface Waiting {
  readonly number: number;
  readonly message: Uint8Array;
  readonly afterSeal: (() => void) | undefined;
  offset: number;
  settle(outcome: PostOutcome): void;
}

/** What an outbox is made of. */
export interface OutboxOptions {
  readonly clock: Clock;
  readonly limitBytes: number;
  seal(fragment: Uint8Array): Uint8Array;
  send(frame: Uint8Array): Promise<SendOutcome>;
  /** The peer is gone; the outbox is closed already. */
  onGone(): void;
}

const firstPauseMilliseconds = 5;
const longestPauseMilliseconds = 100;
// A frame of this size takes long enough to seal that timers and other sessions deserve a turn after it.
const largeFragmentBytes = 65_536;

export function createOutbox(options: OutboxOptions): Outbox {
  const queue: Waiting[] = [];
  let waitingBytes = 0;
  let nextNumber = 0;
  let pumping = false;
  let closed = false;

  const takeNumber = (): number => {
    const number = nextNumber;
    nextNumber = (nextNumber + 1) >>> 0;
    return number;
  };

  const close = async (last?: Uint8Array): Promise<void> => {
    if (closed) return;
    closed = true;
    for (const waiting of queue.splice(0)) waiting.settle('closed');
    if (last === undefined) return;
    const fragment = { messageNumber: takeNumber(), total: last.length, offset: 0, bytes: last };
    await options.send(options.seal(encodeFragment(fragment)));
  };

  /** Sends one frame, however long the peer takes to read; `false` when it is gone. */
  const deliver = async (frame: Uint8Array): Promise<boolean> => {
    for (let pause = firstPauseMilliseconds; ; pause = Math.min(2 * pause, longestPauseMilliseconds)) {
      const outcome = await options.send(frame);
      if (closed || outcome === 'gone') return false;
      if (outcome === 'sent') return true;
      await new Promise<void>((resume) => options.clock.after(pause, resume));
      if (closed) return false;
    }
  };

  const sendNextFragment = async (waiting: Waiting): Promise<void> => {
    const { number, message, offset } = waiting;
    const bytes = message.subarray(offset, offset + protocolLimits.fragmentBytes);
    const frame = options.seal(encodeFragment({ messageNumber: number, total: message.length, offset, bytes }));
    waiting.offset += bytes.length;
    const isLast = waiting.offset === message.length;
    if (isLast) waiting.afterSeal?.();
    if (!(await deliver(frame))) {
      waiting.settle('closed');
      if (closed) return;
      void close();
      options.onGone();
      return;
    }
    waitingBytes -= bytes.length;
    if (isLast) waiting.settle('sent');
    else queue.push(waiting);
    if (bytes.length >= largeFragmentBytes) await yieldToEventLoop();
  };

  const pump = async (): Promise<void> => {
    pumping = true;
    for (let waiting = queue.shift(); waiting !== undefined && !closed; waiting = queue.shift()) {
      await sendNextFragment(waiting);
    }
    pumping = false;
  };

  return {
    post: (message, afterSeal) => {
      if (closed) return Promise.resolve('closed');
      if (waitingBytes + message.length > options.limitBytes) return Promise.resolve('busy');
      waitingBytes += message.length;
      return new Promise((settle) => {
        queue.push({ number: takeNumber(), message, afterSeal, offset: 0, settle });
        if (!pumping) void pump();
      });
    },
    close,
  };
}
