import { failure } from '../failure.ts';

type Row = Record<string, string>;

const infoNames = ['disk', 'size', 'interface', 'logical sector', 'physical sector', 'partition table', 'model'];

/** Reads what `parted -m … print` writes. Places counted in cylinders, heads and sectors (`chs`) have no size. */
export function readPartitions(
  lines: readonly string[],
  unit: string | undefined,
): { readonly info: Row; readonly partitions: Record<string, Row> } {
  const [disk, ...rows] = lines.filter((line) => line !== '' && !/^(BYT|CHS|CYL);$/.test(line)).map(fieldsOf);
  if (disk === undefined) return { info: {}, partitions: {} };
  if (disk.length !== 7 && disk.length !== 8) throw unreadable();
  const partitions = rows.map((fields) => [fields[0] ?? '', partitionOf(fields, unit)] as const);
  return { info: pair([...infoNames, 'disk flags'], disk), partitions: Object.fromEntries(partitions) };
}

function partitionOf(fields: readonly string[], unit: string | undefined): Row {
  const places = ['number', 'start', 'end', ...(unit === 'chs' ? [] : ['size'])];
  const isFree = fields.at(-1) === 'free';
  const names = isFree ? places : [...places, 'file system', 'name', 'flags'];
  const values = isFree ? fields.slice(0, -1) : fields;
  if (names.length !== values.length) throw unreadable();
  return pair(names, values);
}

function fieldsOf(line: string): readonly string[] {
  return line.replace(/;+$/, '').split(':');
}

function pair(names: readonly string[], values: readonly string[]): Row {
  return Object.fromEntries(values.map((value, index) => [names[index] ?? '', value]));
}

function unreadable(): Error {
  return failure('Problem encountered while parsing output from parted');
}
