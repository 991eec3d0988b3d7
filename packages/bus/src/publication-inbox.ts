import type { Clock, Logger, MinionId } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import type { ReceivedPublication, SequenceMark } from './minion-bus-options.ts';
import type { PublicationContent } from './publication.ts';

/** A publication whose signature, addressing and epoch were checked. */
export interface CheckedPublication {
  readonly content: PublicationContent;
  /** The master's time, as the session knows it: milliseconds since the Unix epoch. */
  readonly masterTime: number;
}

/** Takes publications in, each once as far as it remembers, and acknowledges those that are durable. */
export interface PublicationInbox {
  /** Reads the highest sequence that an earlier run has seen. */
  load(): Promise<void>;
  /** The highest sequence ever seen in a broadcast. */
  readonly highest: bigint;
  takeDirect(publication: CheckedPublication): void;
  /** Notes that a broadcast came; `false` when its sequence is not above the highest, so it is not to be taken. */
  passBroadcast(sequence: bigint): boolean;
  /** Takes a broadcast that {@link passBroadcast} let pass, once its sequence is saved. */
  takeBroadcast(publication: CheckedPublication): void;
}

/** What an inbox is made of. */
export interface PublicationInboxOptions {
  readonly id: MinionId;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly drops: DropCounter;
  readonly sequenceStore: SequenceMark;
  onPublication(publication: ReceivedPublication): Promise<void>;
  /** Tells the master through the present session, if there is one. */
  acknowledge(publicationId: string): void;
}

// More than a master sends while acknowledgements are under way; older ones are left to the minion's spool.
const rememberedPublications = 4_096;

export function createPublicationInbox(options: PublicationInboxOptions): PublicationInbox {
  const { clock, logger, drops, sequenceStore } = options;
  const remembered = new Map<string, 'accepting' | 'accepted'>();
  let highest = 0n;

  const remember = (id: string, status: 'accepting' | 'accepted'): void => {
    remembered.set(id, status);
    for (const [oldest, its] of remembered) {
      if (remembered.size <= rememberedPublications) break;
      if (its === 'accepted') remembered.delete(oldest);
    }
  };

  const accept = async (publication: ReceivedPublication, saved: Promise<void> | void): Promise<void> => {
    const { id } = publication;
    remember(id, 'accepting');
    try {
      await saved;
      await options.onPublication(publication);
    } catch (error) {
      remembered.delete(id);
      logger.error('a publication could not be accepted', { id, error });
      return;
    }
    remember(id, 'accepted');
    options.acknowledge(id);
  };

  const take = ({ content, masterTime }: CheckedPublication, save: () => Promise<void> | void): void => {
    const { id, sequence, body } = content;
    if (masterTime > content.notAfter) return drops.drop('expired');
    const known = remembered.get(id);
    if (known === 'accepted') return options.acknowledge(id);
    if (known === 'accepting') return undefined;
    const notAfter = Math.round(content.notAfter - masterTime + clock.now());
    void accept({ id, sequence, body, notAfter }, callAsync(save));
    return undefined;
  };

  return {
    load: async () => {
      highest = await sequenceStore.load();
    },
    get highest() {
      return highest;
    },
    takeDirect: (publication) => take(publication, () => {}),
    passBroadcast: (sequence) => {
      if (sequence <= highest) return false;
      highest = sequence;
      return true;
    },
    takeBroadcast: (publication) => take(publication, () => sequenceStore.save(publication.content.sequence)),
  };
}

/** Calls at once, and makes a rejection of what was thrown. */
async function callAsync(save: () => Promise<void> | void): Promise<void> {
  await save();
}
