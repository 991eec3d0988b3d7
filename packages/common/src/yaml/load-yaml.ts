import type { SourceSpan } from '../problem.ts';
import type { Dict, Value } from '../value.ts';
import { buildValue } from './build-value.ts';
import { parseYamlEvents } from './parse-events.ts';
import type { YamlDialect } from './yaml-dialect.ts';
import { spanAt, type YamlOrigin } from './yaml-source.ts';

/** How {@link loadYaml} reads. */
export interface LoadYamlOptions extends YamlOrigin {
  /** How many collections may lie in each other; default 100. */
  readonly maxDepth?: number;
  /** Tags and repeated keys of a dialect; without one, tags are YAML's own and a repeated key is an error. */
  readonly dialect?: YamlDialect;
}

/** A YAML text that was read. */
export interface YamlDocument {
  /** What the text says; null when it is empty. */
  readonly value: Value;
  /** Where a key of a dict, or an item of a list, of this document was written; `undefined` for foreign ones. */
  positionOf(container: Dict | Value[], key: Value | number): SourceSpan | undefined;
}

/**
 * Reads one YAML document as PyYAML does with Salt's loader: YAML 1.1 booleans, integers (`0644` is 644, `22:22` is
 * 1342) and floats, dates stay text, keys keep their types and order, merge keys (`<<`) fill in what is not there.
 * A list or mapping that is aliased is shared, not copied.
 *
 * Throws an AppError whose problems name file, line and column: `yaml-syntax` (also for a second document),
 * `yaml-duplicate-key`, `yaml-alias` (unknown, recursive, or expanding beyond a million nodes), `yaml-tag`,
 * `yaml-invalid-value`, `yaml-too-deep`.
 */
export function loadYaml(text: string, options: LoadYamlOptions = {}): YamlDocument {
  const { events, source } = parseYamlEvents(text, options, options.maxDepth ?? 100);
  const { value, positions } = buildValue(events, source, options.dialect);
  return {
    value,
    positionOf: (container, key) => {
      const offset = positions.get(container)?.get(key);
      return offset === undefined ? undefined : spanAt(source, offset);
    },
  };
}
