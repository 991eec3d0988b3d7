import { compareTexts } from '../compare-values.ts';
import { pythonRepr, pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';

/** Columns of a line, as in Python's `pprint`. */
const width = 80;

interface Room {
  /** Columns taken to the left. */
  readonly indent: number;
  /** Columns that brackets to the right will take. */
  readonly allowance: number;
  /** Blanks for each level. */
  readonly step: number;
  readonly isTop: boolean;
}

/** Writes a value as Python's `pprint.pformat` does: on one line where it fits, else one member a line; keys sorted. */
export function prettyPrint(value: Value, step = 1): string {
  return format(sorted(value), { indent: 0, allowance: 0, step, isTop: true });
}

function format(value: Value, room: Room): string {
  const oneLine = pythonRepr(value);
  if (oneLine.length <= width - room.indent - room.allowance) return oneLine;
  if (isDict(value) && value.size > 0) return formatDict(value, room);
  if (Array.isArray(value) && value.length > 0) return formatList(value, room);
  return typeof value === 'string' ? formatText(value, room) : oneLine;
}

function formatDict(dict: Dict, { indent, allowance, step }: Room): string {
  const inner = indent + step;
  const members = [...dict].map(([key, value], index) => {
    const label = `${pythonRepr(key)}: `;
    const isLast = index === dict.size - 1;
    return (
      label + format(value, { indent: inner + label.length, allowance: isLast ? allowance + 1 : 1, step, isTop: false })
    );
  });
  return `{${' '.repeat(Math.max(0, step - 1))}${members.join(`,\n${' '.repeat(inner)}`)}}`;
}

function formatList(items: readonly Value[], { indent, allowance, step }: Room): string {
  const inner = indent + step;
  const members = items.map((item, index) => {
    const isLast = index === items.length - 1;
    return format(item, { indent: inner, allowance: isLast ? allowance + 1 : 1, step, isTop: false });
  });
  return `[${' '.repeat(Math.max(0, step - 1))}${members.join(`,\n${' '.repeat(inner)}`)}]`;
}

/** Long text becomes several literals below each other, cut after blanks and line ends. */
function formatText(text: string, room: Room): string {
  if (text === '') return pythonRepr(text);
  const indent = room.isTop ? room.indent + 1 : room.indent;
  const allowance = room.isTop ? room.allowance + 1 : room.allowance;
  const lines = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
  const chunks = lines.flatMap((line, index) =>
    cutLine(line, width - indent, index === lines.length - 1 ? allowance : 0),
  );
  if (chunks.length === 1) return chunks[0] ?? '';
  const joined = chunks.join(`\n${' '.repeat(indent)}`);
  return room.isTop ? `(${joined})` : joined;
}

function cutLine(line: string, room: number, allowance: number): readonly string[] {
  if (pythonRepr(line).length <= room - allowance) return [pythonRepr(line)];
  const parts = line.match(/\S*\s*/g)?.filter((part) => part !== '') ?? [];
  const chunks: string[] = [];
  let current = '';
  for (const [index, part] of parts.entries()) {
    const limit = index === parts.length - 1 ? room - allowance : room;
    if (pythonRepr(current + part).length > limit) {
      if (current !== '') chunks.push(pythonRepr(current));
      current = part;
    } else {
      current += part;
    }
  }
  return current === '' ? chunks : [...chunks, pythonRepr(current)];
}

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isDict(value)) return value;
  const entries = [...value].map(([key, item]): [Value, Value] => [key, sorted(item)]);
  return new Map(entries.toSorted(([a], [b]) => compareKeys(a, b)));
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareTexts(pythonStr(a), pythonStr(b));
}
