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
  /** Length of a bitmap with room for every slot. */
  readonly bitmapBytes: number;
  /** Begins a new epoch, which nobody was given yet; the old key is zeroed. */
  renew(): void;
  seal(sequence: bigint, publication: Uint8Array): Uint8Array;
}

interface Member {
  readonly slot: number;
  isListening: boolean;
}

export function createEpochs(): Epochs {
  return new GroupKeys();
}

class GroupKeys implements Epochs {
  readonly #members = new Map<MinionId, Member>();
  readonly #holders = new Set<MinionId>();
  #freeSlots: number[] = [];
  /** Given out or free: all below this number. */
  #slots = 0;
  #id = freshBytes(epochIdLength);
  #key = freshBytes(boxKeyLength);

  get id(): Uint8Array {
    return this.#id;
  }

  get bitmapBytes(): number {
    return Math.ceil(this.#slots / 8);
  }

  admit(minionId: MinionId, sequence: bigint): SessionMessage {
    this.dismiss(minionId);
    const slot = this.#freeSlots.pop() ?? this.#slots;
    this.#slots = Math.max(this.#slots, slot + 1);
    this.#holders.add(minionId);
    this.#members.set(minionId, { slot, isListening: false });
    return { kind: 'epoch', epoch: this.#id, key: this.#key, slot, sequence };
  }

  dismiss(minionId: MinionId): void {
    const member = this.#members.get(minionId);
    if (member === undefined) return;
    this.#members.delete(minionId);
    this.#freeSlots.push(member.slot);
  }

  isKnownTo(minionId: MinionId): boolean {
    return this.#holders.has(minionId);
  }

  setListening(minionId: MinionId, epoch: Uint8Array): void {
    const member = this.#members.get(minionId);
    if (member !== undefined) member.isListening = Buffer.from(epoch).equals(this.#id);
  }

  listeningSlot(minionId: MinionId): number | undefined {
    const member = this.#members.get(minionId);
    return member?.isListening === true ? member.slot : undefined;
  }

  renew(): void {
    this.#key.fill(0);
    this.#id = freshBytes(epochIdLength);
    this.#key = freshBytes(boxKeyLength);
    this.#members.clear();
    this.#holders.clear();
    this.#freeSlots = [];
    this.#slots = 0;
  }

  seal(sequence: bigint, publication: Uint8Array): Uint8Array {
    const epoch = this.#id;
    const box = sealPaddedBox(this.#key, broadcastNonce(epoch, sequence), publication);
    return encodeFrame({ kind: 'broadcast', epoch, sequence, box });
  }
}

/** Not a Buffer, whose slices would share its memory. */
function freshBytes(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length));
}
