import type { Clock, Logger } from '@brine/common';
import type { DropCounter } from './drop-counter.ts';
import type { ReceivedPublication, SequenceMark } from './minion-bus-options.ts';
import type { PublicationContent } from './publication.ts';

/** A publication whose signature, addressing and epoch were checked. */
interface CheckedPublication {
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
  readonly clock: Clock;
  readonly logger: Logger;
  readonly drops: DropCounter;
  readonly sequenceStore: SequenceMark;
  onPublication(publication: ReceivedPublication): Promise<void>;
  /** Tells the master through the present session, if there is one. */
  readonly acknowledge: (publicationId: string) => void;
}

// More than a master sends while acknowledgements are under way; older ones are left to the minion's spool.
const rememberedPublications = 4_096;

export function createPublicationInbox(options: PublicationInboxOptions): PublicationInbox {
  return new Inbox(options);
}

class Inbox implements PublicationInbox {
  readonly #options: PublicationInboxOptions;
  readonly #remembered = new Map<string, 'accepting' | 'accepted'>();
  #highest = 0n;

  constructor(options: PublicationInboxOptions) {
    this.#options = options;
  }

  get highest(): bigint {
    return this.#highest;
  }

  async load(): Promise<void> {
    this.#highest = await this.#options.sequenceStore.load();
  }

  takeDirect(publication: CheckedPublication): void {
    this.#take(publication, async () => {});
  }

  passBroadcast(sequence: bigint): boolean {
    if (sequence <= this.#highest) return false;
    this.#highest = sequence;
    return true;
  }

  takeBroadcast(publication: CheckedPublication): void {
    this.#take(publication, async () => this.#options.sequenceStore.save(publication.content.sequence));
  }

  #take({ content, masterTime }: CheckedPublication, save: () => Promise<void>): void {
    const { id, sequence, body } = content;
    const { clock, drops, acknowledge } = this.#options;
    const known = this.#remembered.get(id);
    if (masterTime > content.notAfter) drops.drop('expired');
    else if (known === 'accepted') acknowledge(id);
    else if (known === undefined) {
      const notAfter = Math.round(content.notAfter - masterTime + clock.now());
      void this.#accept({ id, sequence, body, notAfter }, save);
    }
  }

  async #accept(publication: ReceivedPublication, save: () => Promise<void>): Promise<void> {
    const { id } = publication;
    this.#remember(id, 'accepting');
    try {
      await save();
      await this.#options.onPublication(publication);
    } catch (error) {
      this.#remembered.delete(id);
      this.#options.logger.error('a publication could not be accepted', { id, error });
      return;
    }
    this.#remember(id, 'accepted');
    this.#options.acknowledge(id);
  }

  #remember(id: string, status: 'accepting' | 'accepted'): void {
    this.#remembered.set(id, status);
    for (const [oldest, its] of this.#remembered) {
      if (this.#remembered.size <= rememberedPublications) break;
      if (its === 'accepted') this.#remembered.delete(oldest);
    }
  }
}
