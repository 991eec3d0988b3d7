import type { DropReason } from './drop-counter.ts';
import type { FrameOf } from './frame.ts';
import { broadcastNonce } from './broadcast-nonce.ts';
import { hasSlot, readPublication, type PublicationContent } from './publication.ts';
import { openPaddedBox } from './secret-box.ts';
import type { MessageOf } from './session-message.ts';

/** What a broadcast is to this minion. */
interface ReadBroadcast {
  readonly content: PublicationContent;
  readonly isForUs: boolean;
}

/** Opens the broadcasts of the epochs that a session was given. */
export interface BroadcastReader {
  /** The epoch that was given last. */
  readonly epoch: Uint8Array | undefined;
  install(message: MessageOf<'epoch'>): void;
  read(frame: FrameOf<'broadcast'>): ReadBroadcast | DropReason;
  /** Zeroes the keys. */
  close(): void;
}

interface KnownEpoch {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  readonly slot: number;
  readonly sequence: bigint;
}

/** `masterKey` tells the key that the master has now. */
export function createBroadcastReader(masterKey: () => Uint8Array): BroadcastReader {
  // The present epoch and the one before it: broadcasts and epochs come by different ways.
  let epochs: readonly KnownEpoch[] = [];

  return {
    get epoch() {
      return epochs[0]?.id;
    },
    install: ({ epoch, key, slot, sequence }) => {
      const known = { id: epoch.slice(), key: key.slice(), slot, sequence };
      const others = epochs.filter(({ id }) => !Buffer.from(id).equals(epoch));
      for (const { key: old } of others.slice(1)) old.fill(0);
      epochs = [known, ...others.slice(0, 1)];
    },
    read: ({ epoch, sequence, box }) => {
      const known = epochs.find(({ id }) => Buffer.from(id).equals(epoch));
      if (known === undefined) return 'unauthentic';
      const plain = openPaddedBox(known.key, broadcastNonce(epoch, sequence), box);
      if (plain === undefined) return 'unauthentic';
      const content = readPublication(masterKey(), plain);
      if (typeof content === 'string') return content;
      const { addressing } = content;
      if (addressing.form !== 'broadcast' || content.sequence !== sequence) return 'unexpected';
      if (!Buffer.from(addressing.epoch).equals(epoch)) return 'unexpected';
      if (sequence <= known.sequence) return 'replayed';
      return { content, isForUs: hasSlot(addressing.slots, known.slot) };
    },
    close: () => {
      for (const { key } of epochs) key.fill(0);
      epochs = [];
    },
  };
}
