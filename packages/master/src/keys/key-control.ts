import { encodePublicKey, fingerprint } from '@brine/bus';
import { AppError, type MinionId } from '@brine/common';
import type { KeyControl, RotationAnswer } from '@brine/api';
import type { MinionKeys } from './key-registry.ts';
import { compileKeyMatch } from './key-match.ts';
import type { KeyRenewals } from './key-renewals-store.ts';
import type { MasterKeys } from './master-key-store.ts';

/** What the control of keys works with. */
export interface KeyControlParts {
  readonly minions: MinionKeys & { acceptedIds(): readonly MinionId[]; acceptedKey(id: MinionId): string | undefined };
  readonly master: MasterKeys;
  readonly renewals: KeyRenewals;
  /** The master has a new key, which is to be used from now on. */
  onRotated(): void;
  /** Asks a minion for a new key and resolves with its fingerprint; `undefined` when it is not connected. */
  askForNewKey(id: MinionId): Promise<string | undefined>;
}

/** Everything that can be done with keys. */
export function createKeyControl({ minions, master, renewals, ...ports }: KeyControlParts): KeyControl {
  return {
    ...minions,
    master: async () => ({
      fingerprint: fingerprint(master.identity.publicKey),
      publicKey: encodePublicKey('master', master.identity.publicKey).trim(),
    }),
    async rotateMaster() {
      const rotated = await master.rotate();
      ports.onRotated();
      return rotated;
    },
    async rotateMinions(match) {
      const matches = compileKeyMatch(match);
      const ids = minions.acceptedIds().filter(matches);
      if (ids.length === 0) {
        throw new AppError({ code: 'key-not-found', message: `no accepted key matches '${match}'` });
      }
      // The order first: whoever is away, or goes away now, finds it waiting.
      for (const id of ids) await renewals.order(id, minions.acceptedKey(id) ?? '');
      return Promise.all(ids.map(async (id) => askMinion(id, ports)));
    },
  };
}

async function askMinion(
  id: MinionId,
  { askForNewKey }: Pick<KeyControlParts, 'askForNewKey'>,
): Promise<RotationAnswer> {
  try {
    const print = await askForNewKey(id);
    return print === undefined ? { id, status: 'waiting' } : { id, status: 'asked', fingerprint: print };
  } catch {
    // The minion tells why in its own log, and is asked again when it comes back; the others are asked all the same.
    return { id, status: 'failed' };
  }
}
