import type { Dict, Problem, SourceSpan } from '@brine/common';

/** What top files say for one minion. */
export interface TopResult {
  /** Environment → names (and globs) of the files that apply, in order; of states, repetitions included. */
  readonly matches: ReadonlyMap<string, readonly string[]>;
  /** Environment → files that may be missing (pillar only). */
  readonly ignoredMissing: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether any top file was found. */
  readonly found: boolean;
  /** Environment → target → what it names, merged from all top files. */
  readonly top: Dict;
  readonly problems: readonly Problem[];
  /** Where a matched name was written. */
  readonly spanOf: (saltenv: string, name: string) => SourceSpan | undefined;
}
