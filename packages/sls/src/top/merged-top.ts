import type { SourceSpan, Value } from '@brine/common';

/** What a target of merged top files names, and where it was written. */
export interface TopEntry {
  readonly names: readonly Value[];
  readonly span: SourceSpan | undefined;
  /** Where in `names` each name was written, when known. */
  readonly spanOf: (name: Value) => SourceSpan | undefined;
}

/** Environment → target → what it names. */
export type MergedTop = ReadonlyMap<string, ReadonlyMap<string, TopEntry>>;
