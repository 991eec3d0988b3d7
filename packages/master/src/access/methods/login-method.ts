import type { Credentials } from '@brine/api';

/** A way to prove who one is. */
export interface LoginMethod {
  /** Whether the password is the user's. What goes wrong on the way counts as no and is told to the logger. */
  prove(credentials: Credentials): Promise<boolean>;
  /** The groups of a user who was proven. */
  groupsOf(user: string): Promise<readonly string[]>;
  /** Whether a user who logged in earlier may still: not removed, locked or expired since. */
  isStillGood(user: string): Promise<boolean>;
}

/** What goes wrong while somebody is proven, for the log of the master. */
export type OnFault = (message: string, facts?: Readonly<Record<string, unknown>>) => void;
