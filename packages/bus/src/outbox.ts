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
  return new FragmentQueue(options);
}

class FragmentQueue implements Outbox {
  readonly #options: OutboxOptions;
  readonly #queue: Waiting[] = [];
  #waitingBytes = 0;
  #nextNumber = 0;
  #isPumping = false;
  #isClosed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  post(message: Uint8Array, afterSeal?: () => void): Promise<PostOutcome> {
    if (this.#isClosed) return Promise.resolve('closed');
    if (this.#waitingBytes + message.length > this.#options.limitBytes) return Promise.resolve('busy');
    this.#waitingBytes += message.length;
    return new Promise((settle) => {
      this.#queue.push({ number: this.#takeNumber(), message, afterSeal, offset: 0, settle });
      if (!this.#isPumping) void this.#pump();
    });
  }

  async close(last?: Uint8Array): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const waiting of this.#queue.splice(0)) waiting.settle('closed');
    if (last === undefined) return;
    const fragment = { messageNumber: this.#takeNumber(), total: last.length, offset: 0, bytes: last };
    await this.#options.send(this.#options.seal(encodeFragment(fragment)));
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    for (let waiting = this.#queue.shift(); waiting !== undefined; waiting = this.#queue.shift()) {
      await this.#sendFragment(waiting);
    }
    this.#isPumping = false;
  }

  async #sendFragment(waiting: Waiting): Promise<void> {
    const { number, message, offset } = waiting;
    const bytes = message.subarray(offset, offset + protocolLimits.fragmentBytes);
    const fragment = encodeFragment({ messageNumber: number, total: message.length, offset, bytes });
    const frame = this.#options.seal(fragment);
    waiting.offset += bytes.length;
    const isLast = waiting.offset === message.length;
    if (isLast) waiting.afterSeal?.();
    if (!(await this.#deliver(frame))) {
      waiting.settle('closed');
      this.#giveUp();
      return;
    }
    this.#waitingBytes -= bytes.length;
    if (isLast) waiting.settle('sent');
    else this.#putBack(waiting);
    if (bytes.length >= largeFragmentBytes) await yieldToEventLoop();
  }

  /** Sends one frame, however long the peer takes to read; `false` when the peer is gone or the outbox closed. */
  async #deliver(frame: Uint8Array): Promise<boolean> {
    for (let pause = firstPauseMilliseconds; ; pause = Math.min(2 * pause, longestPauseMilliseconds)) {
      const outcome = await this.#options.send(frame);
      if (this.#isClosed || outcome === 'gone') return false;
      if (outcome === 'sent') return true;
      await new Promise<void>((resume) => this.#options.clock.after(pause, resume));
      if (this.#isClosed) return false;
    }
  }

  #giveUp(): void {
    if (this.#isClosed) return;
    void this.close();
    this.#options.onGone();
  }

  #putBack(waiting: Waiting): void {
    if (this.#isClosed) waiting.settle('closed');
    else this.#queue.push(waiting);
  }

  #takeNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber = (number + 1) >>> 0;
    return number;
  }
}
