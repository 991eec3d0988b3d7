import { fingerprint } from './fingerprint.ts';
import type { Trust } from './minion-bus-options.ts';
import { leadsTo, type SuccessionLink } from './succession.ts';

/** What a minion makes of the key that a master showed. */
export interface MasterTrust {
  /**
   * `unknown` only under first use, before a key is pinned; `succeeded` when the trusted key leads to this one through
   * the chain: it is to be pinned.
   */
  judge(masterKey: Uint8Array, chain: readonly SuccessionLink[]): 'trusted' | 'succeeded' | 'changed' | 'unknown';
  /** Trusts that key alone from now on. Rejects when it cannot be made durable, and then trusts nothing new. */
  pin(masterKey: Uint8Array, chain: readonly SuccessionLink[]): Promise<void>;
  /** Fingerprint of the key that is trusted, if one is. */
  readonly fingerprint: string | undefined;
}

export function createMasterTrust(trust: Trust): MasterTrust {
  let trusted = initialFingerprint(trust);
  let isPinned = trust.kind !== 'first-use';
  return {
    judge: (masterKey, chain) => {
      if (trusted === undefined) return 'unknown';
      if (fingerprint(masterKey) === trusted) return isPinned ? 'trusted' : 'unknown';
      return leadsTo(masterKey, chain, (key) => fingerprint(key) === trusted) ? 'succeeded' : 'changed';
    },
    pin: async (masterKey, chain) => {
      await trust.pin?.(masterKey, chain);
      trusted = fingerprint(masterKey);
      isPinned = true;
    },
    get fingerprint() {
      return trusted;
    },
  };
}

function initialFingerprint(trust: Trust): string | undefined {
  switch (trust.kind) {
    case 'pinned':
      return fingerprint(trust.publicKey);
    case 'fingerprint':
      return trust.fingerprint.toLowerCase();
    case 'first-use':
      return trust.expected?.toLowerCase();
  }
}
