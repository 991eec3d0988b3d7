import { equalValues, isDict, loadJson, updateDict, type Dict, type Value } from '@brine/common';
import { sourceFault } from '../source-fault.ts';
import type { SqlQuery } from './read-sql-queries.ts';
import type { SqlAnswer } from './sql-database.ts';

/** Puts rows into a pillar, as Salt's `sql_base` does: the first columns are keys, one in the other. */
export function mergeSqlRows(pillar: Dict, query: SqlQuery, answer: SqlAnswer): void {
  const { fields, rows } = answer;
  if (query.asJson && fields.length === 1) {
    for (const [value = null] of rows) updateDict(pillar, jsonOf(value), { mergeLists: query.asList });
    return;
  }
  const { depth } = query;
  const merging: Merging = {
    ...query,
    fields,
    depth: depth === 0 || depth >= fields.length ? fields.length - 1 : depth,
    lists: new Map(),
  };
  for (const row of rows) mergeRow(pillar, row, merging);
  makeLists(merging.lists);
}

interface Merging extends SqlQuery {
  readonly fields: readonly string[];
  /** The keys of dictionaries whose values are to be lists, in the order they came up. */
  readonly lists: Map<Dict, Value[]>;
}

function jsonOf(value: Value): Dict {
  const read = typeof value === 'string' ? loadJson(value) : value;
  if (isDict(read)) return read;
  throw sourceFault('a row of its query is not a JSON object');
}

function mergeRow(pillar: Dict, row: readonly Value[], merging: Merging): void {
  const { depth, fields } = merging;
  let level = pillar;
  for (let index = 0; index < depth - 1; index += 1) {
    const key = row[index] ?? null;
    noteList(level, key, index + 1, merging);
    level = descend(level, key, merging);
  }
  if (depth === fields.length - 1) setValue(level, row, merging);
  else setFields(level, row, merging);
}

function noteList(level: Dict, key: Value, column: number, { withLists, lists }: Merging): void {
  if (!withLists.includes(column)) return;
  const keys = lists.get(level) ?? [];
  lists.set(level, keys);
  if (!keys.some((one) => equalValues(one, key))) keys.push(key);
}

function descend(level: Dict, key: Value, { asList }: Merging): Dict {
  const present = level.get(key);
  if (isDict(present ?? null)) return present as Dict;
  const next: Dict = new Map();
  if (Array.isArray(present)) present.push(next);
  else level.set(key, present !== undefined && asList ? [present, next] : next);
  return next;
}

/** The last column but one is the key of the last. */
function setValue(level: Dict, row: readonly Value[], { fields, asList, withLists, ignoreNull }: Merging): void {
  const column = fields.length - 2;
  // A single column is a key and its own value.
  const key = row.at(column) ?? null;
  const value = row[fields.length - 1] ?? null;
  if ((asList && level.has(key)) || withLists.includes(column + 1)) {
    const present = level.get(key);
    if (Array.isArray(present)) present.push(value);
    else level.set(key, present === undefined ? [value] : [present, value]);
  } else if (!ignoreNull || value !== null) {
    level.set(key, value);
  }
}

/** The columns that are no keys go by their names. */
function setFields(above: Dict, row: readonly Value[], merging: Merging): void {
  const { depth, fields } = merging;
  const own = row[depth - 1] ?? null;
  if (!above.has(own)) above.set(own, new Map());
  noteList(above, own, depth, merging);
  const found = above.get(own) ?? null;
  if (!isDict(found)) throw sourceFault('rows of its query put fields into what is no dictionary: see its depth');
  for (let index = depth; index < fields.length; index += 1) {
    noteList(found, fields[index] ?? '', index + 1, merging);
    setField(found, { name: fields[index] ?? '', value: row[index] ?? null }, merging);
  }
}

function setField(
  found: Dict,
  { name, value }: { readonly name: string; readonly value: Value },
  { asList, ignoreNull }: Merging,
): void {
  const present = found.get(name);
  if (asList && present !== undefined) {
    if (Array.isArray(present)) present.push(value);
    else found.set(name, [present, value]);
  } else if (!ignoreNull || value !== null) {
    found.set(name, value);
  }
}

/** From the inside out. */
function makeLists(lists: ReadonlyMap<Dict, readonly Value[]>): void {
  for (const [level, keys] of [...lists].toReversed()) {
    for (const key of keys) {
      const value = level.get(key) ?? null;
      if (isDict(value)) level.set(key, [...value.values()]);
      else if (Array.isArray(value)) level.set(key, [value]);
    }
  }
}
