/** A place in a file as its author wrote it. Lines and columns count from 1. */
export interface SourceSpan {
  /** Path as a user knows it: relative to its root when it lies in one (`web/init.sls`), else absolute. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** One addressed finding about something a user wrote. Problems are collected and shown together. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Catalogued identifier in kebab-case. */
  readonly code: string;
  /** One line: what is wrong. */
  readonly summary: string;
  /** What to do about it, when that can be said. */
  readonly help?: string;
  readonly span?: SourceSpan;
  /** The text of the line the span points at, without its line break. */
  readonly quotedLine?: string;
  /** How control came to the span (include, import, macro), outermost first. */
  readonly stack?: readonly (SourceSpan & { readonly what: string })[];
  /** The state id concerned. */
  readonly stateId?: string;
}
