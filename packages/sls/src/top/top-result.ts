import type { Problem } from '@brine/common';

/** What top files say for one minion. */
export interface TopResult {
  /** Environment → names (and globs) of the files that apply, in order. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
  /** Environment → files that may be missing. */
  readonly ignoredMissing: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether any top file was found. */
  readonly found: boolean;
  readonly problems: readonly Problem[];
}
