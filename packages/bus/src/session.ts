import type { Clock } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import { decodeFragment } from './fragment.ts';
import type { FrameOf } from './frame.ts';
import type { Role } from './identity.ts';
import type { BusLimits } from './limits.ts';
import { createOutbox, type Outbox, type PostOutcome } from './outbox.ts';
import { protocolLimits } from './protocol-limits.ts';
import { createReassembly } from './reassembly.ts';
import { createRekeying, type Rekeying } from './rekeying.ts';
import { createSealedChannel, type SealedChannel } from './sealed-channel.ts';
import {
  decodeSessionMessage,
  encodeSessionMessage,
  messageRules,
  type GoodbyeReason,
  type SessionMessage,
} from './session-message.ts';
import type { SessionKeys } from './transcript.ts';
import type { SendOutcome } from './transport.ts';

/** Why a session ended, as this side sees it. */
export type SessionEnd = 'gone' | 'silent' | 'keys-expired' | 'violation' | GoodbyeReason;

/** One session, from the handshake on: frames in, messages out, and the reverse. The same on both sides. */
export interface Session {
  /** Whether messages marked "accepted only" pass. */
  isAccepted: boolean;
  readonly isOpen: boolean;
  receive(frame: FrameOf<'sealed'>): void;
  /** Never rejects. */
  post(message: SessionMessage): Promise<PostOutcome>;
  /** Looks after heartbeats and keys; to be called about once in a heartbeat interval or more often. */
  maintain(heartbeatMilliseconds: number): void;
  /** Pings the peer; whether anything authentic came from it within the given time. */
  answers(milliseconds: number): Promise<boolean>;
  /** Ends the session without a call of `onEnd`; resolves when a goodbye, if any, was handed to the transport. */
  end(goodbye?: GoodbyeReason): Promise<void>;
}

/** What a session is made of. */
export interface SessionOptions {
  readonly side: Role;
  readonly keys: SessionKeys;
  readonly clock: Clock;
  readonly limits: BusLimits;
  readonly drops: DropCounter;
  send(frame: Uint8Array): Promise<SendOutcome>;
  /** Every message but those that the session answers itself. */
  onMessage(message: SessionMessage): void;
  /** Once, when the session ended by itself or by the peer. */
  onEnd(reason: SessionEnd): void;
}

export function createSession(options: SessionOptions): Session {
  return new SealedSession(options);
}

class SealedSession implements Session {
  isAccepted = false;
  readonly #options: SessionOptions;
  readonly #channel: SealedChannel;
  readonly #reassembly = createReassembly();
  readonly #outbox: Outbox;
  readonly #rekeying: Rekeying;
  readonly #listeners = new Set<(isAlive: boolean) => void>();
  #lastHeard: number;
  #isOpen = true;

  constructor(options: SessionOptions) {
    const { side, keys, clock, limits } = options;
    this.#options = options;
    this.#lastHeard = clock.monotonic();
    this.#channel = createSealedChannel(side, keys);
    this.#outbox = createOutbox({
      clock,
      limitBytes: limits.outboxBytes,
      seal: (fragment) => this.#channel.seal(fragment),
      send: (frame) => options.send(frame),
      onGone: () => this.#fail('gone'),
    });
    this.#rekeying = createRekeying({
      clock,
      channel: this.#channel,
      chain: keys.chain,
      post: (message, afterSeal) => void this.#outbox.post(encodeSessionMessage(message), afterSeal),
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  receive(frame: FrameOf<'sealed'>): void {
    const { drops, clock } = this.#options;
    if (!this.#isOpen) return drops.drop('unexpected');
    const plain = this.#channel.open(frame);
    if (typeof plain === 'string') return drops.drop(plain);
    this.#lastHeard = clock.monotonic();
    this.#tellListeners(true);
    const fragment = decodeFragment(plain);
    const limit = this.isAccepted ? protocolLimits.messageBytes : protocolLimits.strangerMessageBytes;
    const bytes = fragment === undefined ? 'violation' : this.#reassembly.add(fragment, limit);
    if (bytes === 'violation') return this.#fail('violation', 'violation');
    return bytes === 'incomplete' ? undefined : this.#receiveMessage(bytes);
  }

  post(message: SessionMessage): Promise<PostOutcome> {
    return this.#outbox.post(encodeSessionMessage(message));
  }

  maintain(heartbeatMilliseconds: number): void {
    const { clock, limits, side } = this.#options;
    const silence = clock.monotonic() - this.#lastHeard;
    const age = this.#rekeying.age();
    if (silence > 3 * heartbeatMilliseconds) return this.#fail('silent');
    if (age > limits.expireKeysMilliseconds) return this.#fail('keys-expired', 'keys-expired');
    const isWorn = age >= limits.rekeyMilliseconds || this.#channel.frames >= limits.rekeyFrames;
    if (side === 'minion' && isWorn) this.#rekeying.begin();
    if (side === 'minion' || silence > heartbeatMilliseconds) void this.post({ kind: 'ping' });
    return undefined;
  }

  answers(milliseconds: number): Promise<boolean> {
    if (!this.#isOpen) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (isAlive: boolean): void => {
        this.#listeners.delete(settle);
        timer.cancel();
        resolve(isAlive);
      };
      const timer = this.#options.clock.after(milliseconds, () => settle(false));
      this.#listeners.add(settle);
      void this.post({ kind: 'ping' });
    });
  }

  end(goodbye?: GoodbyeReason): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    this.#isOpen = false;
    this.#tellListeners(false);
    const last = goodbye === undefined ? undefined : encodeSessionMessage({ kind: 'goodbye', reason: goodbye });
    // The goodbye is sealed before this returns, so the keys can go at once.
    const sent = this.#outbox.close(last);
    this.#channel.close();
    this.#rekeying.close();
    return sent;
  }

  #tellListeners(isAlive: boolean): void {
    for (const settle of this.#listeners) settle(isAlive);
  }

  #receiveMessage(bytes: Uint8Array): void {
    const { drops, side } = this.#options;
    const message = decodeSessionMessage(bytes);
    if (message === undefined) return drops.drop('malformed');
    const rule = messageRules[message.kind];
    if (rule.from === side) return drops.drop('unexpected');
    if (rule.acceptedOnly && !this.isAccepted) return drops.drop('not-accepted');
    return this.#dispatch(message);
  }

  #dispatch(message: SessionMessage): void {
    if (message.kind === 'ping') void this.post({ kind: 'pong' });
    else if (message.kind === 'goodbye') this.#fail(message.reason);
    else if (message.kind !== 'rekey' && message.kind !== 'rekeyed') this.#options.onMessage(message);
    else if (!this.#rekeying.receive(message)) this.#options.drops.drop('unexpected');
  }

  #fail(reason: SessionEnd, goodbye?: GoodbyeReason): void {
    if (!this.#isOpen) return;
    void this.end(goodbye);
    this.#options.onEnd(reason);
  }
}
