import { posix } from 'node:path';
import { closestName, pythonStr, type Dict, type Value } from '@brine/common';
import type { TreeDisk } from '../../file-roots/tree-disk.ts';
import type { ExternalPillar } from '../external-pillar.ts';
import type { ExternalPillarPorts } from './external-pillar-ports.ts';
import { parseCsv } from './parse-csv.ts';
import { readText } from './read-text.ts';
import { readSourceArguments, type SourceArguments } from './source-arguments.ts';
import { sourceFault } from './source-fault.ts';

const argumentNames = ['path', 'idkey', 'namespace', 'fieldnames', 'restkey', 'restval', 'dialect'];

const delimiters: ReadonlyMap<string, string> = new Map([
  ['excel', ','],
  ['excel-tab', '\t'],
  ['unix', ','],
]);

/** `csv`: the first row of a table whose column `idkey` has the minion's id, as a dict of its columns. */
export function createCsvPillar({ disk }: ExternalPillarPorts): ExternalPillar {
  return {
    name: 'csv',
    async load({ minionId, configuration }) {
      const given = readSourceArguments(configuration, argumentNames);
      const idKey = given.text('idkey') ?? 'id';
      const namespace = given.text('namespace') ?? '';
      const row = findRow(await readRows(given, disk), idKey, minionId);
      return row === undefined || namespace === '' ? row : new Map([[namespace, row]]);
    },
  };
}

async function readRows(given: SourceArguments, disk: TreeDisk): Promise<Dict[]> {
  const path = given.requiredText('path');
  if (!posix.isAbsolute(path)) throw sourceFault(`path is not absolute: ${path}`);
  const dialect = given.text('dialect') ?? 'excel';
  const delimiter = delimiters.get(dialect);
  if (delimiter === undefined) {
    throw sourceFault(`there is no dialect ${dialect}`, `there are: ${[...delimiters.keys()].join(', ')}`);
  }
  const rows = parseCsv(await readText(path, disk), delimiter);
  const columns = given.list('fieldnames') ?? rows.shift() ?? [];
  const rest = { key: given.value('restkey') ?? null, value: given.value('restval') ?? null };
  return rows.map((cells) => toDict(columns, cells, rest));
}

function toDict(columns: readonly Value[], cells: readonly string[], rest: { key: Value; value: Value }): Dict {
  const row: Dict = new Map(columns.map((column, index) => [column, cells[index] ?? rest.value]));
  if (cells.length > columns.length) row.set(rest.key, cells.slice(columns.length));
  return row;
}

function findRow(rows: readonly Dict[], idKey: string, minionId: string): Dict | undefined {
  const columns = rows[0] ?? new Map<Value, Value>([[idKey, null]]);
  if (columns.has(idKey)) return rows.find((row) => row.get(idKey) === minionId);
  const near = closestName(idKey, [...columns.keys()].map(pythonStr));
  throw sourceFault(`the table has no column ${idKey}`, near === undefined ? undefined : `did you mean ${near}?`);
}
