import type { MinionId } from '@brine/common';

/** How jobs reach minions. */
export interface JobTransport {
  /** Delivers to each minion as soon as it is connected, until it acknowledged or `notAfter` passed. */
  publish(publication: {
    readonly id: string;
    readonly minions: readonly MinionId[];
    readonly body: Uint8Array;
    readonly notAfter: number;
  }): Promise<void>;
  /** Stops delivering a job to a minion that has not taken it. */
  withdraw(jid: string, minion: MinionId): void;
  /** Asks a connected minion to stop a job; `false` when it does not run there. */
  cancel(minion: MinionId, jid: string): Promise<boolean>;
}
