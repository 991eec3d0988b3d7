import type { DropReason } from './drop-counter.ts';
import { encodeFrame, frameCodes, type FrameOf } from './frame.ts';
import type { Role } from './identity.ts';
import { boxNonceLength, openPaddedBox, sealPaddedBox } from './secret-box.ts';
import type { SessionKeys } from './transcript.ts';

/** Boxes and opens the frames of one session: a key for each direction and generation, and a counter under each. */
export interface SealedChannel {
  /** The generation that frames are sealed under. */
  readonly generation: number;
  /** Frames sealed or opened under the present keys, whichever is more. */
  readonly frames: number;
  seal(fragment: Uint8Array): Uint8Array;
  open(frame: FrameOf<'sealed'>): Uint8Array | DropReason;
  /** Seals under the next keys from now on. */
  renewSending(keys: SessionKeys): void;
  /**
   * Opens frames of the next keys from now on: alone, or beside those of the present ones until the first frame of
   * the next ones came.
   */
  renewReceiving(keys: SessionKeys, keepPresent: boolean): void;
  /** Zeroes every key. Nothing can be sealed or opened afterwards. */
  close(): void;
}

interface DirectionKey {
  readonly generation: number;
  readonly key: Uint8Array;
  /** Of the next frame to send, or the last one taken; -1 for none. */
  counter: bigint;
}

export function createSealedChannel(side: Role, keys: SessionKeys): SealedChannel {
  const peer = side === 'master' ? 'minion' : 'master';
  let sending: DirectionKey = { generation: 0, key: keyOf(side, keys), counter: 0n };
  let receiving: DirectionKey = { generation: 0, key: keyOf(peer, keys), counter: -1n };
  let next: DirectionKey | undefined;

  const promote = (candidate: DirectionKey): void => {
    if (candidate !== next) return;
    receiving.key.fill(0);
    receiving = candidate;
    next = undefined;
  };

  return {
    get generation() {
      return sending.generation;
    },
    get frames() {
      const most = sending.counter > receiving.counter ? sending.counter : receiving.counter;
      return Number(most);
    },
    seal: (fragment) => {
      const { generation, counter } = sending;
      const box = sealPaddedBox(sending.key, sealedNonce(side, generation, counter), fragment);
      sending.counter += 1n;
      return encodeFrame({ kind: 'sealed', generation, counter, box });
    },
    open: ({ generation, counter, box }) => {
      const direction = [receiving, next].find((candidate) => candidate?.generation === generation);
      if (direction === undefined) return 'replayed';
      if (counter <= direction.counter) return 'replayed';
      const fragment = openPaddedBox(direction.key, sealedNonce(peer, generation, counter), box);
      if (fragment === undefined) return 'unauthentic';
      direction.counter = counter;
      promote(direction);
      return fragment;
    },
    renewSending: (renewed) => {
      sending.key.fill(0);
      sending = { generation: sending.generation + 1, key: keyOf(side, renewed), counter: 0n };
    },
    renewReceiving: (renewed, keepPresent) => {
      next = { generation: receiving.generation + 1, key: keyOf(peer, renewed), counter: -1n };
      if (!keepPresent) promote(next);
    },
    close: () => {
      for (const direction of [sending, receiving, next]) direction?.key.fill(0);
    },
  };
}

function keyOf(role: Role, keys: SessionKeys): Uint8Array {
  return role === 'master' ? keys.fromMaster : keys.fromMinion;
}

function sealedNonce(from: Role, generation: number, counter: bigint): Uint8Array {
  const nonce = new Uint8Array(boxNonceLength);
  const view = new DataView(nonce.buffer);
  view.setUint8(0, frameCodes.sealed);
  view.setUint8(1, from === 'minion' ? 1 : 2);
  view.setUint32(4, generation);
  view.setBigUint64(8, counter);
  return nonce;
}
