import { closestName, compareTexts, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { isFalsy } from '../../../renderers/render-yaml.ts';
import { sourceFault } from '../source-fault.ts';

/** One query of a source, and how its rows become pillar. */
export interface SqlQuery {
  /** The member of the pillar that the rows are put under; the pillar itself when absent. */
  readonly root?: string;
  readonly query: string;
  /** How many columns are keys, one in the other; 0 for as many as there can be. */
  readonly depth: number;
  /** What collides becomes a list. */
  readonly asList: boolean;
  /** Rows of one column are JSON. */
  readonly asJson: boolean;
  /** The columns, from 1, whose keys make up lists instead of dictionaries. */
  readonly withLists: readonly number[];
  /** A NULL does not go over what is there. */
  readonly ignoreNull: boolean;
}

const known = ['query', 'depth', 'as_list', 'as_json', 'with_lists', 'ignore_null'];

/** Reads the queries of a source: a text, a list of them, or a dict by the names they are put under, sorted. */
export function readSqlQueries(configuration: Value): readonly SqlQuery[] {
  if (isDict(configuration)) {
    return [...configuration]
      .map(([root, given]) => ({ root: pythonStr(root), given }))
      .toSorted((one, other) => compareTexts(one.root, other.root))
      .flatMap(({ root, given }) => readQuery(given).map((query) => ({ root, ...query })));
  }
  return (Array.isArray(configuration) ? configuration : [configuration]).flatMap((given) => readQuery(given));
}

/** None when there is no query in it, as in Salt. */
function readQuery(given: Value): readonly SqlQuery[] {
  if (isDict(given)) return readDict(given);
  const [query, depth = 0] = Array.isArray(given) ? given : [given];
  if (query === undefined || isFalsy(query)) return [];
  return [{ ...plain, query: textOf(query), depth: countOf('depth', depth) }];
}

const plain = { depth: 0, asList: false, asJson: false, withLists: [], ignoreNull: false };

function readDict(given: Dict): readonly SqlQuery[] {
  for (const key of given.keys()) {
    const name = pythonStr(key);
    if (known.includes(name)) continue;
    const near = closestName(name, known);
    const help = near === undefined ? `there are: ${known.join(', ')}` : `did you mean ${near}?`;
    throw sourceFault(`a query has no setting ${name}`, help);
  }
  const query = given.get('query') ?? null;
  if (isFalsy(query)) return [];
  return [
    {
      query: textOf(query),
      depth: countOf('depth', given.get('depth') ?? 0),
      asList: isTrue(given, 'as_list'),
      asJson: isTrue(given, 'as_json'),
      withLists: columnsOf(given.get('with_lists') ?? null),
      ignoreNull: isTrue(given, 'ignore_null'),
    },
  ];
}

function isTrue(given: Dict, key: string): boolean {
  return !isFalsy(given.get(key) ?? null);
}

function columnsOf(value: Value): readonly number[] {
  if (isFalsy(value)) return [];
  const columns = Array.isArray(value) ? value : pythonStr(value).split(',');
  return columns.map((column) => countOf('with_lists', typeof column === 'string' ? Number(column.trim()) : column));
}

function countOf(name: string, value: Value): number {
  const count = Number(pythonStr(value));
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw sourceFault(`${name} is not a number: ${pythonStr(value)}`);
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  throw sourceFault(`a query is not a text: ${pythonStr(value)}`);
}
