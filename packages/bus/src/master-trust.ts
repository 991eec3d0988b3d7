import { fingerprint } from './fingerprint.ts';
import type { Trust } from './minion-bus-options.ts';

/** What a minion makes of the key that a master showed. */
export interface MasterTrust {
  /** `unknown` only under first use, before a key is pinned. */
  judge(masterKey: Uint8Array): 'trusted' | 'changed' | 'unknown';
  /** Trusts that key alone from now on. Rejects when it cannot be made durable, and then trusts nothing new. */
  pin(masterKey: Uint8Array): Promise<void>;
  /** Fingerprint of the key that is trusted, if one is. */
  readonly fingerprint: string | undefined;
}

export function createMasterTrust(trust: Trust): MasterTrust {
  let trusted = initialFingerprint(trust);
  return {
    judge: (masterKey) => {
      if (trusted === undefined) return 'unknown';
      return fingerprint(masterKey) === trusted ? 'trusted' : 'changed';
    },
    pin: async (masterKey) => {
      if (trust.kind === 'first-use') await trust.pin(masterKey);
      trusted = fingerprint(masterKey);
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
      return undefined;
  }
}
