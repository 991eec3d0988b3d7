import { textLength, textSlice } from '../values/text-units.ts';

export interface WrapOptions {
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

const blank = '\\t\\n\\v\\f\\r ';
const wordPunctuation = `[\\p{L}\\p{N}_!"'&.,?]`;
const letter = `[\\p{L}_]`;
const hyphenated = new RegExp(
  `([${blank}]+` +
    `|(?<=${wordPunctuation})-{2,}(?=[\\p{L}\\p{N}_])` +
    `|[^${blank}]+?(?:-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})` +
    `|(?=[${blank}]|$)|(?<=${wordPunctuation})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u',
);
const simple = new RegExp(`([${blank}]+)`);

function splitChunks(text: string, breakOnHyphens: boolean): string[] {
  return text.split(breakOnHyphens ? hyphenated : simple).filter((chunk) => chunk !== '');
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && chunk.trim() === '';
}

/** Python's `textwrap.wrap` of one line, blanks kept as they are inside the lines. */
export function wrapText(text: string, options: WrapOptions): string[] {
  const chunks = splitChunks(text, options.breakOnHyphens).toReversed();
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && isBlank(chunks.at(-1))) chunks.pop();
    const line = takeLine(chunks, options);
    if (isBlank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

function takeLine(chunks: string[], options: WrapOptions): string[] {
  const line: string[] = [];
  let length = 0;
  for (let chunk = chunks.at(-1); chunk !== undefined; chunk = chunks.at(-1)) {
    const size = textLength(chunk);
    if (length + size > options.width) break;
    line.push(chunk);
    chunks.pop();
    length += size;
  }
  const next = chunks.at(-1);
  if (next !== undefined && textLength(next) > options.width) {
    chunks.pop();
    takeLongWord(next, { line, chunks, length, options });
  }
  return line;
}

interface LongWord {
  readonly line: string[];
  readonly chunks: string[];
  readonly length: number;
  readonly options: WrapOptions;
}

function takeLongWord(word: string, place: LongWord): void {
  const { line, chunks, length, options } = place;
  const room = options.width < 1 ? 1 : options.width - length;
  if (!options.breakLongWords) {
    if (line.length === 0) line.push(word);
    else chunks.push(word);
    return;
  }
  let end = room;
  const hyphen = options.breakOnHyphens ? textSlice(word, 0, room).lastIndexOf('-') : -1;
  if (textLength(word) > room && hyphen > 0 && /[^-]/.test(word.slice(0, hyphen))) end = hyphen + 1;
  line.push(textSlice(word, 0, end));
  chunks.push(textSlice(word, end, textLength(word)));
}
