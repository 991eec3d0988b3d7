import type { Clock } from '@brine/common';
import type { DropCounter, DropReason } from './drop-counter.ts';
import { decodeFragment } from './fragment.ts';
import type { FrameOf } from './frame.ts';
import type { Role } from './identity.ts';
import type { BusLimits } from './limits.ts';
import { createOutbox, type PostOutcome } from './outbox.ts';
import { protocolLimits } from './protocol-limits.ts';
import { createReassembly } from './reassembly.ts';
import { createRekeying } from './rekeying.ts';
import { createSealedChannel } from './sealed-channel.ts';
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
  const { side, clock, limits, drops } = options;
  const peer = side === 'master' ? 'minion' : 'master';
  const channel = createSealedChannel(side, options.keys);
  const reassembly = createReassembly();
  let lastHeard = clock.monotonic();
  let isOpen = true;

  const fail = (reason: SessionEnd, goodbye?: GoodbyeReason): void => {
    if (!isOpen) return;
    void session.end(goodbye);
    options.onEnd(reason);
  };
  const outbox = createOutbox({
    clock,
    limitBytes: limits.outboxBytes,
    seal: (fragment) => channel.seal(fragment),
    send: options.send,
    onGone: () => fail('gone'),
  });
  const post = (message: SessionMessage, afterSeal?: () => void): Promise<PostOutcome> =>
    outbox.post(encodeSessionMessage(message), afterSeal);
  const rekeying = createRekeying({
    clock,
    channel,
    chain: options.keys.chain,
    post: (message, afterSeal) => void post(message, afterSeal),
  });

  const readMessage = (bytes: Uint8Array): SessionMessage | DropReason => {
    const message = decodeSessionMessage(bytes);
    if (message === undefined) return 'malformed';
    const rule = messageRules[message.kind];
    if (rule.from !== 'both' && rule.from !== peer) return 'unexpected';
    return rule.acceptedOnly && !session.isAccepted ? 'not-accepted' : message;
  };

  const dispatch = (message: SessionMessage): void => {
    if (message.kind === 'ping') void post({ kind: 'pong' });
    else if (message.kind === 'goodbye') fail(message.reason);
    else if (message.kind !== 'rekey' && message.kind !== 'rekeyed') options.onMessage(message);
    else if (!rekeying.receive(message)) drops.drop('unexpected');
  };

  const session: Session = {
    isAccepted: false,
    get isOpen() {
      return isOpen;
    },
    receive: (frame) => {
      if (!isOpen) return drops.drop('unexpected');
      const plain = channel.open(frame);
      if (typeof plain === 'string') return drops.drop(plain);
      lastHeard = clock.monotonic();
      const fragment = decodeFragment(plain);
      if (fragment === undefined) return fail('violation', 'violation');
      const limit = session.isAccepted ? protocolLimits.messageBytes : protocolLimits.strangerMessageBytes;
      const bytes = reassembly.add(fragment, limit);
      if (bytes === 'violation') return fail('violation', 'violation');
      if (bytes === 'incomplete') return undefined;
      const message = readMessage(bytes);
      if (typeof message === 'string') return drops.drop(message);
      return dispatch(message);
    },
    post: (message) => post(message),
    maintain: (heartbeatMilliseconds) => {
      const silence = clock.monotonic() - lastHeard;
      if (silence > 3 * heartbeatMilliseconds) return fail('silent');
      if (rekeying.age() > limits.expireKeysMilliseconds) return fail('keys-expired', 'keys-expired');
      if (side === 'minion') {
        if (rekeying.age() > limits.rekeyMilliseconds || channel.frames > limits.rekeyFrames) rekeying.begin();
        void post({ kind: 'ping' });
      } else if (silence > heartbeatMilliseconds) {
        void post({ kind: 'ping' });
      }
      return undefined;
    },
    end: (goodbye) => {
      if (!isOpen) return Promise.resolve();
      isOpen = false;
      const last = goodbye === undefined ? undefined : encodeSessionMessage({ kind: 'goodbye', reason: goodbye });
      const sent = outbox.close(last);
      channel.close();
      rekeying.close();
      return sent;
    },
  };
  return session;
}
