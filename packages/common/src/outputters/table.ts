import { compareTexts } from '../compare-values.ts';
import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { createColors, type Colors } from './colors.ts';
import type { OutputOptions } from './output-options.ts';

/** Columns after which the text of a cell goes on in the next line. */
const cellWidth = 50;

interface TableStyle {
  readonly separatesRows: boolean;
  readonly justifiesLeft: boolean;
  readonly delimiter: string;
  readonly prefix: string;
  readonly suffix: string;
}

const boxed: TableStyle = { separatesRows: true, justifiesLeft: false, delimiter: ' | ', prefix: '| ', suffix: ' |' };

/** The `table` outputter: lists of dicts, lists or texts as rows; a header out of the keys. */
export function renderTable(value: Value, options: OutputOptions): string {
  const lines: string[] = [];
  showTables(value, 0, { colors: createColors(options.color), style: boxed, lines });
  return lines.join('\n');
}

/** A single table with a header, boxed unless told otherwise. */
export function renderRows(
  rows: readonly (readonly string[])[],
  labels: readonly string[],
  options: OutputOptions,
): string {
  const lines: string[] = [];
  showRows([labels, ...rows], 4, { colors: createColors(options.color), style: boxed, lines });
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
  for (const [key, item] of [...value].toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))) {
    lines.push(`${' '.repeat(indent)}${colors.darkGray}${pythonStr(key)}${colors.end}:`);
    lines.push(`${' '.repeat(indent)}${colors.darkGray}----------${colors.end}`);
    if (Array.isArray(item)) showList(item, indent, drawing);
    else showTables(item, indent + 4, drawing);
  }
}

function showList(items: readonly Value[], indent: number, drawing: Drawing): void {
  const first = items[0];
  if (isDict(first) && items.every(isDict)) {
    const labels = sortedKeys(first).map((key) => titleCase(key.replaceAll('_', ' ')));
    const rows = items.map((row) => sortedEntries(row).map(([, cell]) => pythonStr(cell)));
    showRows([labels, ...rows], indent + 4, drawing);
  } else if (items.length > 0 && items.every((row) => typeof row === 'string')) {
    showRows(
      items.map((row) => [row]),
      indent + 4,
      drawing,
    );
  } else if (items.length > 0 && items.every(Array.isArray)) {
    showRows(
      items.map((row) => row.map(pythonStr)),
      indent + 4,
      drawing,
    );
  }
}

function showRows(rows: readonly (readonly string[])[], indent: number, { colors, style, lines }: Drawing): void {
  const wrapped = rows.map((row) => row.map(wrapCell));
  const widths =
    rows[0]?.map((_, column) =>
      Math.max(...wrapped.flatMap((row) => (row[column] ?? ['']).map((line) => line.length))),
    ) ?? [];
  const length = style.prefix.length + style.suffix.length + widths.reduce((sum, width) => sum + width, 0);
  const rule = '-'.repeat(length + style.delimiter.length * (widths.length - 1));
  const put = (color: string, text: string): void =>
    void lines.push(`${' '.repeat(indent)}${color}${text}${colors.end}`);
  const align = style.justifiesLeft ? (text: string, width: number) => text.padEnd(width) : center;
  if (style.separatesRows) put(colors.lightGray, rule);
  for (const [index, row] of wrapped.entries()) {
    const height = Math.max(...row.map((cell) => cell.length));
    for (let line = 0; line < height; line += 1) {
      const cells = widths.map((width, column) => align(row[column]?.[line] ?? '', width));
      put(colors.white, `${style.prefix}${cells.join(style.delimiter)}${style.suffix}`);
    }
    if (style.separatesRows || index === 0) put(colors.lightGray, rule);
  }
}

function wrapCell(text: string): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line: string | undefined;
    for (const word of paragraph.split(' ')) {
      if (line === undefined) line = word;
      else if (line.length + word.length >= cellWidth) {
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

/** Python's `str.center`: the odd blank goes left when the width is odd. */
function center(text: string, width: number): string {
  const space = Math.max(0, width - text.length);
  const left = Math.floor(space / 2) + (space & width & 1);
  return `${' '.repeat(left)}${text}${' '.repeat(space - left)}`;
}

function sortedEntries(row: Dict): readonly (readonly [Value, Value])[] {
  return [...row].toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)));
}

function sortedKeys(row: Dict): readonly string[] {
  return sortedEntries(row).map(([key]) => pythonStr(key));
}

function titleCase(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/(^|[^a-z])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
