import { repr } from '../values/python-text.ts';
import { Tuple, type RuntimeDict, type RuntimeValue } from '../values/runtime-value.ts';
import { TemplateFault } from '../template-fault.ts';
import { order } from '../values/ordering.ts';
import { textLength } from '../values/text-units.ts';
import { typeName } from '../values/type-name.ts';

const width = 80;

interface Place {
  /** Column where the value starts. */
  readonly indent: number;
  /** Characters that follow the value on its last line. */
  readonly allowance: number;
}

/** Python's `pprint.pformat`: dicts sorted, collections that do not fit into 80 columns one member a line. */
export function prettyRepr(value: RuntimeValue, place: Place = { indent: 0, allowance: 0 }): string {
  const sorted = sortedDeep(value);
  return format(sorted, place);
}

function sortedDeep(value: RuntimeValue): RuntimeValue {
  if (Array.isArray(value)) return value.map(sortedDeep);
  if (value instanceof Tuple) return new Tuple(value.items.map(sortedDeep));
  if (!(value instanceof Map)) return value;
  return new Map(sortedEntries(value).map(([key, item]) => [key, sortedDeep(item)]));
}

/** Keys that Python cannot order are ordered by the names of their types. */
function sortedEntries(dict: RuntimeDict): [RuntimeValue, RuntimeValue][] {
  return [...dict].sort(([a], [b]) => {
    try {
      return order(a, b);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      return typeName(a) < typeName(b) ? -1 : 1;
    }
  });
}

function format(value: RuntimeValue, place: Place): string {
  const flat = repr(value);
  if (textLength(flat) <= width - place.indent - place.allowance) return flat;
  if (value instanceof Map) return formatDict(value, place);
  if (Array.isArray(value)) return formatItems(value, ['[', ']'], place);
  if (value instanceof Tuple) return formatItems(value.items, ['(', value.items.length === 1 ? ',)' : ')'], place);
  if (typeof value === 'string') return formatText(value, place);
  return flat;
}

function formatDict(dict: RuntimeDict, { indent, allowance }: Place): string {
  if (dict.size === 0) return '{}';
  const entries = [...dict];
  const lines = entries.map(([key, item], index) => {
    const name = `${repr(key)}: `;
    const isLast = index === entries.length - 1;
    return name + format(item, { indent: indent + 1 + textLength(name), allowance: isLast ? allowance + 1 : 1 });
  });
  return `{${lines.join(`,\n${' '.repeat(indent + 1)}`)}}`;
}

function formatItems(items: readonly RuntimeValue[], [open, close]: readonly [string, string], place: Place): string {
  const { indent, allowance } = place;
  const lines = items.map((item, index) => {
    const isLast = index === items.length - 1;
    return format(item, { indent: indent + 1, allowance: isLast ? allowance + close.length : 1 });
  });
  return open + lines.join(`,\n${' '.repeat(indent + 1)}`) + close;
}

/** A long text is written as several, broken between words and after line breaks. */
function formatText(text: string, { indent, allowance }: Place): string {
  const isTop = indent === 0;
  const column = isTop ? indent + 1 : indent;
  const lines = text.split(/(?<=\n)/);
  const chunks = lines.flatMap((line, index) => {
    const isLast = index === lines.length - 1;
    return splitLine(line, width - column, isLast ? allowance + (isTop ? 1 : 0) : 0);
  });
  if (chunks.length === 1) return chunks[0] ?? '';
  const body = chunks.join(`\n${' '.repeat(column)}`);
  return isTop ? `(${body})` : body;
}

function splitLine(line: string, room: number, allowance: number): string[] {
  const whole = repr(line);
  if (textLength(whole) <= room - allowance) return [whole];
  const chunks: string[] = [];
  let current = '';
  const words = line.match(/\S*\s*/g)?.filter((word) => word !== '') ?? [];
  words.forEach((word, index) => {
    const most = index === words.length - 1 ? room - allowance : room;
    if (current !== '' && textLength(repr(current + word)) > most) {
      chunks.push(repr(current));
      current = word;
    } else current += word;
  });
  if (current !== '') chunks.push(repr(current));
  return chunks;
}
