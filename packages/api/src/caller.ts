import type { Value } from '@brine/common';

/**
 * Who asks. Authority comes from the door the request came through and from what was proven there, never from what a
 * request says of itself.
 */
export type Caller = UnboundCaller | JudgedCaller;

/** Who may do everything. */
export interface UnboundCaller {
  /** `socket`: the master's own Unix socket, whose file mode is its access control; `master`: the master itself. */
  readonly via: 'socket' | 'master';
  /** The local user, as the client named it; for records only. */
  readonly user: string;
}

/** Who may do what the permissions say. */
export interface JudgedCaller {
  /**
   * `local`: a user of the machine, by a socket that only this user can reach; `external`: somebody who logged in;
   * `key`: an API key; `minion`: an accepted minion.
   */
  readonly via: 'local' | 'external' | 'key' | 'minion';
  readonly user: string;
  /** The login method, for `external`. */
  readonly eauth?: string;
  /** Entries in the grammar of Salt's `external_auth`. */
  readonly permissions: readonly Value[];
}

/** Somebody of whom nothing is known. */
export const nobody: JudgedCaller = { via: 'external', user: 'nobody', permissions: [] };

/** Whether nothing is to be judged. */
export function isUnbound(caller: Caller): caller is UnboundCaller {
  return caller.via === 'socket' || caller.via === 'master';
}
