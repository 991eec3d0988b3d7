import type { Plain } from './value.ts';

/** What changed, in the shape the state documents; `{}` when nothing did. Becomes `changes` of the return. */
export type Changes = Readonly<Record<string, Plain>>;

/** What a state function found when it looked. `Host` is the port through which `apply` may write. */
export type CheckOutcome<Host> = StateIsOk | StateFails | StateWillChange<Host>;

/** The described state holds already; the return says `result: True`. */
export interface StateIsOk {
  readonly kind: 'ok';
  readonly comment: string;
  /** What `test=True` says instead, where the two differ. */
  readonly foretoldComment?: string;
  /** Changes it only pretends: nothing is touched, so that a dry run has the same result. For `test` states. */
  readonly changes?: Changes;
  /** Extra members of the return, e.g. `data` or `warnings`. */
  readonly extra?: Readonly<Record<string, Plain>>;
}

/** The described state cannot be reached; the return says `result: False`. */
export interface StateFails {
  readonly kind: 'fail';
  readonly comment: string;
  /** What `test=True` says instead, where the two differ. */
  readonly foretoldComment?: string;
  readonly changes?: Changes;
  readonly extra?: Readonly<Record<string, Plain>>;
  /** `true` when `test=True` says all the same that it is well, as Salt's states for tests do. */
  readonly isForetoldOk?: boolean;
}

/** The described state does not hold; `apply` brings it about. */
export interface StateWillChange<Host> {
  readonly kind: 'change';
  /** Exactly what `test=True` answers (`result: None`). */
  readonly pending: {
    readonly comment: string;
    readonly changes: Changes;
    /** Extra members of the return, e.g. `name`. */
    readonly extra?: Readonly<Record<string, Plain>>;
  };
  /**
   * What `test=True` answers instead of `pending`, where asking for it is work of its own (a dry run on other machines).
   * Like every look it touches nothing.
   */
  readonly foretell?: () => Promise<ForetoldOutcome>;
  /** Performs what `pending` foretold; throwing means `result: False` with the error's message as comment. */
  readonly apply: (host: Host) => Promise<Applied>;
}

/** What a dry run found out. */
export type ForetoldOutcome = StateIsOk | StateFails | Pick<StateWillChange<unknown>, 'kind' | 'pending'>;

/** What `apply` did. */
export interface Applied {
  readonly comment: string;
  readonly changes: Changes;
  /** `true` when the change was attempted and did not succeed (e.g. a command returned non-zero). */
  readonly failed?: boolean;
  /** `true` when what was asked for is itself a dry run elsewhere: the return says `result: None`. */
  readonly isForetold?: boolean;
  readonly extra?: Readonly<Record<string, Plain>>;
}
