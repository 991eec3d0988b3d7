import { randomBytes } from 'node:crypto';
import type { MinionId } from '@brine/common';
import { broadcastNonce } from './broadcast-nonce.ts';
import { encodeFrame, epochIdLength } from './frame.ts';
import { boxKeyLength, sealPaddedBox } from './secret-box.ts';
import type { SessionMessage } from './session-message.ts';

/** The group key of the broadcasts, who was given it, and who hears them. */
export interface Epochs {
  readonly id: Uint8Array;
  /** Gives a minion a slot in the epoch; the message hands it out. */
  admit(minionId: MinionId, sequence: bigint): SessionMessage;
  dismiss(minionId: MinionId): void;
  /** Whether that minion was ever given the present key. */
  isKnownTo(minionId: MinionId): boolean;
  /** Notes which epoch a minion says it hears. */
  setListening(minionId: MinionId, epoch: Uint8Array): void;
  /** The slot of a minion that hears the present epoch. */
  listeningSlot(minionId: MinionId): number | undefined;
  /** Begins a new epoch, which nobody was given yet; the old key is zeroed. */
  renew(): void;
  seal(sequence: bigint, publication: Uint8Array): Uint8Array;
}

interface Member {
  readonly slot: number;
  isListening: boolean;
}

export function createEpochs(): Epochs {
  const members = new Map<MinionId, Member>();
  const holders = new Set<MinionId>();
  let freeSlots: number[] = [];
  let id = randomBytes(epochIdLength);
  let key = randomBytes(boxKeyLength);

  const dismiss = (minionId: MinionId): void => {
    const member = members.get(minionId);
    if (member === undefined) return;
    members.delete(minionId);
    freeSlots.push(member.slot);
  };

  return {
    get id() {
      return id;
    },
    admit: (minionId, sequence) => {
      dismiss(minionId);
      const slot = freeSlots.pop() ?? members.size;
      holders.add(minionId);
      members.set(minionId, { slot, isListening: false });
      return { kind: 'epoch', epoch: id, key, slot, sequence };
    },
    dismiss,
    isKnownTo: (minionId) => holders.has(minionId),
    setListening: (minionId, epoch) => {
      const member = members.get(minionId);
      if (member !== undefined) member.isListening = id.equals(epoch);
    },
    listeningSlot: (minionId) => {
      const member = members.get(minionId);
      return member?.isListening === true ? member.slot : undefined;
    },
    renew: () => {
      key.fill(0);
      id = randomBytes(epochIdLength);
      key = randomBytes(boxKeyLength);
      members.clear();
      holders.clear();
      freeSlots = [];
    },
    seal: (sequence, publication) =>
      encodeFrame({
        kind: 'broadcast',
        epoch: id,
        sequence,
        box: sealPaddedBox(key, broadcastNonce(id, sequence), publication),
      }),
  };
}
