import { compareTexts } from '../compare-values.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { createPaint, type Colors } from './colors.ts';
import type { OutputOptions } from './output-options.ts';
import { readTableStyle, type TableStyle } from './table-style.ts';
import { UnsuitableAnswer } from './unsuitable.ts';
import { widthOf } from './wrap-words.ts';

/** The `table` outputter: lists of dicts, lists or texts as rows; a header out of the keys. */
export function renderTable(value: Value, options: OutputOptions): string {
  const lines: string[] = [];
  const style = readTableStyle(options.settings);
  const drawing = { colors: createPaint(options).colors, style, lines };
  if (style.rowsKey === undefined) showTables(value, style.indent, drawing);
  else showRowsUnder(value, style.rowsKey, drawing);
  return lines.join('\n');
}

interface Drawing {
  readonly colors: Colors;
  readonly style: TableStyle;
  readonly lines: string[];
}

function showTables(value: Value, indent: number, drawing: Drawing): void {
  const { colors, lines } = drawing;
  if (Array.isArray(value)) showList(value, indent, drawing);
  if (!isDict(value)) return;
  for (const [key, item] of sortedEntries(value)) {
    lines.push(`${' '.repeat(indent)}${colors.darkGray}${pythonStr(key)}${colors.end}:`);
    lines.push(`${' '.repeat(indent)}${colors.darkGray}----------${colors.end}`);
    if (Array.isArray(item)) showList(item, indent, drawing);
    else showTables(item, indent + 4, drawing);
  }
}

/** Only the rows below one key, wherever it is. */
function showRowsUnder(value: Value, key: string, drawing: Drawing): void {
  if (!isDict(value)) return;
  const { indent, labelsKey } = drawing.style;
  const rows = value.get(key);
  if (rows === undefined) {
    for (const [, item] of sortedEntries(value)) showRowsUnder(item, key, drawing);
    return;
  }
  if (!Array.isArray(rows)) {
    showRowsUnder(rows, key, drawing);
    return;
  }
  showList(rows, indent, drawing, labelsKey === undefined ? undefined : labelsOf(value.get(labelsKey)));
}

function labelsOf(labels: Value | undefined): readonly string[] | undefined {
  if (isDict(labels)) return sortedEntries(labels).map(([, label]) => pythonStr(label));
  return Array.isArray(labels) ? labels.map(pythonStr) : undefined;
}

/** Rows of one kind become a table; a mixture is left out, and what has no cells cannot be shown. */
function showList(items: readonly Value[], indent: number, drawing: Drawing, labels?: readonly string[]): void {
  const [first] = items;
  if (first === undefined || items.some((item) => kindOf(item) !== kindOf(first))) return;
  const header = labels ?? (isDict(first) ? sortedEntries(first).map(([key]) => titleOf(key)) : undefined);
  showRows({ header, rows: items.map(cellsOf), indent: indent + 4 }, drawing);
}

function kindOf(row: Value): string {
  if (isDict(row)) return 'dict';
  return Array.isArray(row) ? 'list' : typeof row;
}

function cellsOf(row: Value): readonly string[] {
  if (isDict(row)) return sortedEntries(row).map(([, cell]) => pythonStr(cell));
  if (typeof row === 'string') return [row];
  if (!Array.isArray(row) || !row.every((cell) => typeof cell === 'string')) throw new UnsuitableAnswer();
  return row;
}

interface Rows {
  readonly header: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  readonly indent: number;
}

function showRows({ header, rows, indent }: Rows, { colors, style, lines }: Drawing): void {
  const all = header === undefined ? rows : [header, ...rows];
  const wrapped = all.map((row) => row.map((cell) => wrapCell(cell, style.width)));
  const columns = Math.max(...wrapped.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...wrapped.flatMap((row) => (row[column] ?? ['']).map(widthOf))),
  );
  const length = style.prefix.length + style.suffix.length + widths.reduce((sum, width) => sum + width, 0);
  const rule = style.rowDelimiter.repeat(length + style.delimiter.length * (widths.length - 1));
  const put = (color: string, text: string): void =>
    void lines.push(`${' '.repeat(indent)}${color}${text}${colors.end}`);
  if (style.separatesRows) put(colors.lightGray, rule);
  for (const [index, row] of wrapped.entries()) {
    const height = Math.max(...row.map((cell) => cell.length));
    for (let line = 0; line < height; line += 1) {
      const cells = widths.map((width, column) => justify(row[column]?.[line] ?? '', width, style.justify));
      put(colors.white, `${style.prefix}${cells.join(style.delimiter)}${style.suffix}`);
    }
    const isHeader = header !== undefined && style.hasHeader && index === 0;
    if (style.separatesRows || isHeader) put(colors.lightGray, rule);
  }
}

function wrapCell(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line: string | undefined;
    for (const word of paragraph.split(' ')) {
      if (line === undefined) line = word;
      else if (widthOf(line) + widthOf(word) >= width) {
        lines.push(line);
        line = word;
      } else {
        line = `${line} ${word}`;
      }
    }
    lines.push(line ?? '');
  }
  return lines;
}

function justify(text: string, width: number, side: TableStyle['justify']): string {
  const space = Math.max(0, width - widthOf(text));
  const left = side === 'left' ? 0 : side === 'right' ? space : leftOf(space, width);
  return `${' '.repeat(left)}${text}${' '.repeat(space - left)}`;
}

/** Python's `str.center`: the odd blank goes left when the width is odd. */
function leftOf(space: number, width: number): number {
  return Math.floor(space / 2) + (space & width & 1);
}

function sortedEntries(row: Dict): readonly (readonly [Value, Value])[] {
  return [...row].toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)));
}

/** `mac_address` heads its column as `Mac Address`. */
function titleOf(key: Value): string {
  return pythonStr(key)
    .replaceAll('_', ' ')
    .toLowerCase()
    .replaceAll(/(^|[^a-z])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
