import { compareTexts } from '../compare-values.ts';
import { pythonRepr, pythonStr } from '../python-repr.ts';
import { Float, isDict, type Dict, type Value } from '../value.ts';
import { createPaint, type Paint } from './colors.ts';
import type { OutputOptions } from './output-options.ts';
import { splitLines } from './split-lines.ts';

interface Nesting extends Paint {
  readonly keepsOrder: boolean;
  readonly hasFailed: boolean;
  readonly lines: string[];
}

/** The `nested` outputter: keys and members one a line, four blanks for each level. `indent` is where it starts. */
export function renderNested(value: Value, options: OutputOptions, indent = 0): string {
  const nesting = {
    ...createPaint(options),
    keepsOrder: options.keepsOrder === true,
    hasFailed: (options.retcode ?? 0) !== 0,
    lines: [],
  };
  show(value, { indent, prefix: '', nesting });
  return nesting.lines.join('\n');
}

interface Place {
  readonly indent: number;
  readonly prefix: string;
  readonly nesting: Nesting;
}

function show(value: Value, place: Place): void {
  const { colors } = place.nesting;
  if (value instanceof Uint8Array) show(new TextDecoder().decode(value), place);
  else if (typeof value === 'string') showText(value, place);
  else if (Array.isArray(value)) showList(value, place);
  else if (isDict(value)) showDict(value, place);
  else put(place, colors.lightYellow, value === null || value instanceof Float ? pythonStr(value) : pythonRepr(value));
}

function put({ indent, prefix, nesting }: Place, color: string, text: string, suffix = ''): void {
  nesting.lines.push(`${' '.repeat(indent)}${color}${prefix}${text}${nesting.colors.end}${suffix}`);
}

function showText(text: string, place: Place): void {
  for (const [index, line] of splitLines(text).entries()) {
    const prefix = index === 0 ? place.prefix : ' '.repeat(place.prefix.length);
    put({ ...place, prefix }, place.nesting.colors.green, place.nesting.clean(line));
  }
}

function showList(items: readonly Value[], { indent, nesting }: Place): void {
  const { colors, hasFailed } = nesting;
  for (const item of items) {
    if (Array.isArray(item) || isDict(item)) {
      put({ indent, prefix: '', nesting }, hasFailed ? colors.red : colors.green, '|_');
      show(item, { indent: indent + 2, prefix: isDict(item) ? '' : '- ', nesting });
    } else {
      show(item, { indent, prefix: '- ', nesting });
    }
  }
}

function showDict(dict: Dict, { indent, prefix, nesting }: Place): void {
  const color = nesting.hasFailed ? nesting.colors.red : nesting.colors.cyan;
  if (indent > 0) put({ indent, prefix: '', nesting }, color, '----------');
  for (const [key, value] of orderedEntries(dict, nesting.keepsOrder)) {
    put({ indent, prefix, nesting }, color, pythonStr(key), ':');
    show(value, { indent: indent + 4, prefix: '', nesting });
  }
}

function orderedEntries(dict: Dict, keepsOrder: boolean): readonly (readonly [Value, Value])[] {
  if (keepsOrder) return [...dict];
  if ([...dict.keys()].every((key) => typeof key === 'number')) {
    return [...dict].toSorted(([a], [b]) => Number(a) - Number(b));
  }
  return [...dict].toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)));
}
