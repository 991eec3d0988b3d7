import type { Clock } from '@brine/common';
import { createEphemeralKey, type EphemeralKey } from './key-agreement.ts';
import { protocolLimits } from './protocol-limits.ts';
import type { SealedChannel } from './sealed-channel.ts';
import type { MessageOf, SessionMessage } from './session-message.ts';
import { deriveRenewedKeys, type SessionKeys } from './transcript.ts';

/** Renews the keys of a session: the minion asks, the master answers. */
export interface Rekeying {
  /** Milliseconds since the present keys came into use. */
  age(): number;
  /** The minion's first half; does nothing while one is under way. */
  begin(): void;
  /** The other halves; `false` when the message does not fit the present state. */
  receive(message: MessageOf<'rekey' | 'rekeyed'>): boolean;
  /** Zeroes what is secret. */
  close(): void;
}

/** What the renewal of keys works on. */
export interface RekeyingOptions {
  readonly clock: Clock;
  readonly channel: SealedChannel;
  /** The chain key of the handshake; zeroed when it is used up. */
  readonly chain: Uint8Array;
  post(message: SessionMessage, afterSeal?: () => void): void;
}

export function createRekeying(options: RekeyingOptions): Rekeying {
  const { clock, channel } = options;
  let chain = options.chain;
  let generation = 0;
  let since = clock.monotonic();
  let offered: EphemeralKey | undefined;

  const derive = (secret: Uint8Array, minionEphemeral: Uint8Array, masterEphemeral: Uint8Array): SessionKeys => {
    generation += 1;
    since = clock.monotonic();
    const keys = deriveRenewedKeys(secret, chain, { generation, minionEphemeral, masterEphemeral });
    secret.fill(0);
    chain.fill(0);
    chain = keys.chain;
    return keys;
  };

  const answer = (message: MessageOf<'rekey' | 'rekeyed'>): boolean => {
    if (clock.monotonic() - since < protocolLimits.rekeyPauseMilliseconds) return false;
    const ephemeral = createEphemeralKey();
    const secret = ephemeral.agree(message.ephemeral);
    // Until our answer is sealed we still send under the old keys: one renewal at a time.
    if (secret === undefined || channel.generation !== generation || message.generation !== generation + 1) {
      return false;
    }
    const keys = derive(secret, message.ephemeral, ephemeral.publicKey);
    channel.renewReceiving(keys, true);
    options.post({ kind: 'rekeyed', generation, ephemeral: ephemeral.publicKey }, () => channel.renewSending(keys));
    return true;
  };

  const complete = (message: MessageOf<'rekey' | 'rekeyed'>): boolean => {
    const secret = offered?.agree(message.ephemeral);
    if (offered === undefined || secret === undefined || message.generation !== generation + 1) return false;
    const keys = derive(secret, offered.publicKey, message.ephemeral);
    offered = undefined;
    channel.renewReceiving(keys, false);
    channel.renewSending(keys);
    return true;
  };

  return {
    age: () => clock.monotonic() - since,
    begin: () => {
      if (offered !== undefined) return;
      offered = createEphemeralKey();
      options.post({ kind: 'rekey', generation: generation + 1, ephemeral: offered.publicKey });
    },
    receive: (message) => (message.kind === 'rekey' ? answer(message) : complete(message)),
    close: () => chain.fill(0),
  };
}
