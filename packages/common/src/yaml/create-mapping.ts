import { dictKeyIdentity, pythonTypeName } from '../compare-values.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { yamlError } from './yaml-error.ts';
import type { YamlDialect } from './yaml-dialect.ts';
import { spanAt, type YamlSource } from './yaml-source.ts';

/** One `key: value` as it was written. */
export interface MappingEntry {
  readonly key: Value;
  /** Where the key was written. */
  readonly offset: number;
  /** Whether the key is the merge key `<<`. */
  readonly isMerge: boolean;
  /** The tag of the key, when it is one of the dialect's. */
  readonly tag: string | undefined;
  readonly value: Value;
  readonly valueOffset: number;
}

/** What mappings are made with. */
export interface MappingSurroundings {
  readonly source: YamlSource;
  readonly dialect: YamlDialect | undefined;
  /** For each container, the offset at which each of its keys or items was written. */
  readonly positions: WeakMap<object, ReadonlyMap<Value, number>>;
}

/**
 * Makes a dict of a mapping's entries. What merge keys bring comes first, in the order of what is merged, without
 * what the mapping has itself; of several merged mappings the earlier one wins. Throws `yaml-duplicate-key` and
 * `yaml-invalid-value`.
 */
export function createMapping(
  entries: readonly MappingEntry[],
  { source, dialect, positions }: MappingSurroundings,
): { readonly dict: Dict; readonly positions: ReadonlyMap<Value, number> } {
  const own = collectOwn(entries, { source, dialect, positions });
  const result = { dict: new Map<Value, Value>(), positions: new Map<Value, number>() };
  const merged = new Map<string | undefined, Value>();
  for (const mapping of entries.filter((entry) => entry.isMerge).flatMap((entry) => mergedMappings(entry, source))) {
    for (const [key, value] of mapping) {
      const identity = dictKeyIdentity(key);
      if (own.has(identity)) continue;
      const kept = merged.get(identity) ?? key;
      merged.set(identity, kept);
      result.dict.set(kept, value);
      result.positions.set(kept, positions.get(mapping)?.get(key) ?? 0);
    }
  }
  for (const { key, value, offset } of own.values()) {
    result.dict.set(key, value);
    result.positions.set(key, offset);
  }
  return result;
}

function collectOwn(
  entries: readonly MappingEntry[],
  surroundings: MappingSurroundings,
): Map<string | undefined, MappingEntry> {
  const { source, dialect } = surroundings;
  const own = new Map<string | undefined, MappingEntry>();
  for (const entry of entries) {
    if (entry.isMerge) continue;
    const identity = dictKeyIdentity(entry.key);
    if (identity === undefined) throw unacceptableKey(entry, source);
    const earlier = own.get(identity);
    if (earlier === undefined) own.set(identity, entry);
    else if (dialect === undefined) throw duplicateKey(entry, earlier, source);
    else own.set(identity, joinEntries(earlier, entry, surroundings));
  }
  return own;
}

function joinEntries(
  earlier: MappingEntry,
  later: MappingEntry,
  { dialect, positions }: MappingSurroundings,
): MappingEntry {
  const value = dialect?.joinRepeated(earlier.value, later.value, later.tag) ?? later.value;
  if (isDict(value) && !positions.has(value)) {
    const known = [earlier, later].flatMap((entry) =>
      isDict(entry.value) ? [...(positions.get(entry.value) ?? [])] : [],
    );
    positions.set(value, new Map(known));
  }
  return { ...later, key: earlier.key, value };
}

// Later ones first: what an earlier one says is set over it, at the place the later one gave it.
function mergedMappings({ value, valueOffset }: MappingEntry, source: YamlSource): Dict[] {
  if (isDict(value)) return [value];
  if (Array.isArray(value) && value.every(isDict)) return value.toReversed();
  const found = Array.isArray(value) ? 'a list with something else in it' : pythonTypeName(value);
  throw yamlError(source, {
    code: 'yaml-invalid-value',
    offset: valueOffset,
    summary: `expected a mapping or list of mappings for merging, but found ${found}`,
  });
}

function unacceptableKey({ key, offset }: MappingEntry, source: YamlSource): Error {
  const isList = Array.isArray(key);
  return yamlError(source, {
    code: 'yaml-invalid-value',
    offset,
    summary: `a ${isList ? 'list' : 'mapping'} cannot be a key`,
    help: isList ? undefined : 'double braces left over from a template? Put text with braces in quotes',
  });
}

function duplicateKey({ key, offset }: MappingEntry, earlier: MappingEntry, source: YamlSource): Error {
  const { file, line } = spanAt(source, earlier.offset);
  return yamlError(source, {
    code: 'yaml-duplicate-key',
    offset,
    summary: `found conflicting ID '${pythonStr(key)}': this mapping has the key already`,
    help: `it is also at ${file}:${line}`,
  });
}
