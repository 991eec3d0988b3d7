/** The one lock that state runs of a minion take, so that they never collide. */
export interface StateLockPort {
  /**
   * Takes the lock for `purpose`. With `queue: true` it waits its turn, with a number it waits while fewer runs
   * than that are waiting; otherwise a taken lock is refused with those that hold or await it.
   */
  acquire(request: StateLockRequest): Promise<StateLockAnswer>;
  /** The runs that hold or await the lock, oldest first; never this process. */
  holders(): Promise<readonly StateLockHolder[]>;
}

/** Who wants the lock, and how long to wait for it. */
export interface StateLockRequest {
  /** The function that runs: `state.apply`. */
  readonly function: string;
  readonly queue: boolean | number;
  readonly signal: AbortSignal;
}

/** The lock, or who has it. */
export type StateLockAnswer =
  | { readonly release: () => Promise<void> }
  | { readonly holders: readonly StateLockHolder[] };

/** A run that holds or awaits the lock. */
export interface StateLockHolder {
  readonly function: string;
  readonly pid: number;
  /** When it began, as Salt shows job times: `2024, Jan 05 17:06:31.123456`. */
  readonly startedAt: string;
  readonly jid: string;
}
