import type { Value } from '../value.ts';

/** What a dialect of YAML (yamlex) has beyond it: tags of its own, and keys that may be repeated. */
export interface YamlDialect {
  /**
   * What a tag makes of a node, given what the node is without it; `undefined` for a tag that is not the dialect's.
   * `place` says whether the node is a key of a mapping.
   */
  applyTag(tag: string, value: Value, place: 'key' | 'other'): Value | undefined;
  /** The value of a key that is written again; `keyTag` is the tag of the later key. */
  joinRepeated(earlier: Value, later: Value, keyTag: string | undefined): Value;
}
