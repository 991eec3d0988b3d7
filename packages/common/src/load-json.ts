import { AppError } from './app-error.ts';
import type { Problem, SourceSpan } from './problem.ts';
import { toFloat, type Dict, type Value } from './value.ts';

const maxDepth = 500;

/** Where a JSON text came from. */
export interface JsonOrigin {
  /** Path as a user knows it. */
  readonly file?: string;
  /** For a rendered text: which original place each of its lines came from. */
  readonly lineOrigins?: readonly SourceSpan[];
}

/**
 * Reads JSON as Python's `json.loads` does: `1.0` stays a float, large integers stay exact, keys keep their
 * order, a repeated key keeps its last value, `NaN` and `Infinity` are accepted. Throws `json-syntax` naming line
 * and column, with a problem when it is told the file, and `json-too-deep` beyond 500 levels.
 */
export function loadJson(text: string, origin: JsonOrigin = {}): Value {
  const cursor: Cursor = { text, position: 0, origin };
  const value = readValue(cursor, 0);
  skipBlanks(cursor);
  if (cursor.position < text.length) throw syntaxError(cursor, 'more text after the end of the value');
  return value;
}

interface Cursor {
  readonly text: string;
  readonly origin: JsonOrigin;
  position: number;
}

const constants: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function readValue(cursor: Cursor, depth: number): Value {
  if (depth > maxDepth) {
    throw new AppError({ code: 'json-too-deep', message: `JSON nests deeper than ${maxDepth} levels` });
  }
  skipBlanks(cursor);
  const first = cursor.text[cursor.position];
  if (first === '{') return readDict(cursor, depth);
  if (first === '[') return readList(cursor, depth);
  return first === '"' ? readText(cursor) : readAtom(cursor);
}

function readDict(cursor: Cursor, depth: number): Dict {
  const dict: Dict = new Map();
  cursor.position += 1;
  if (takes(cursor, '}')) return dict;
  do {
    skipBlanks(cursor);
    if (cursor.text[cursor.position] !== '"') throw syntaxError(cursor, 'a key in double quotes is expected');
    const key = readText(cursor);
    if (!takes(cursor, ':')) throw syntaxError(cursor, "':' is expected");
    dict.set(key, readValue(cursor, depth + 1));
  } while (takes(cursor, ','));
  if (!takes(cursor, '}')) throw syntaxError(cursor, "',' or '}' is expected");
  return dict;
}

function readList(cursor: Cursor, depth: number): Value[] {
  const list: Value[] = [];
  cursor.position += 1;
  if (takes(cursor, ']')) return list;
  do list.push(readValue(cursor, depth + 1));
  while (takes(cursor, ','));
  if (!takes(cursor, ']')) throw syntaxError(cursor, "',' or ']' is expected");
  return list;
}

function readText(cursor: Cursor): string {
  const start = cursor.position;
  let end = start + 1;
  while (end < cursor.text.length && cursor.text[end] !== '"') end += cursor.text[end] === '\\' ? 2 : 1;
  cursor.position = end + 1;
  try {
    return JSON.parse(cursor.text.slice(start, end + 1)) as string;
  } catch {
    cursor.position = start;
    throw syntaxError(cursor, 'this text in double quotes is not closed or has a bad escape');
  }
}

function readAtom(cursor: Cursor): Value {
  const number = matchHere(cursor, /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== undefined) return toNumber(number);
  const start = cursor.position;
  const word = matchHere(cursor, /-?[A-Za-z]+/y) ?? '';
  const constant = constants.get(word);
  if (constant === undefined) {
    cursor.position = start;
    throw syntaxError(cursor, 'a value is expected');
  }
  return constant;
}

function toNumber(digits: string): Value {
  if (/[.eE]/.test(digits)) return toFloat(Number(digits));
  const integer = Number(digits);
  if (!Number.isSafeInteger(integer)) return BigInt(digits);
  return integer === 0 ? 0 : integer;
}

function matchHere(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.position;
  const found = sticky.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.position += found.length;
  return found;
}

function takes(cursor: Cursor, character: string): boolean {
  skipBlanks(cursor);
  if (cursor.text[cursor.position] !== character) return false;
  cursor.position += 1;
  return true;
}

function skipBlanks(cursor: Cursor): void {
  matchHere(cursor, /[ \t\n\r]*/y);
}

function syntaxError(cursor: Cursor, expectation: string): AppError {
  // What is missing at the end of the text is missing behind its last character, not after its last line break.
  const isAtEnd = cursor.position >= cursor.text.length;
  const before = isAtEnd ? cursor.text.trimEnd() : cursor.text.slice(0, cursor.position);
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  const summary = `not JSON: ${expectation}`;
  const message = `${summary} at line ${line}, column ${column}`;
  const problems = problemsOf(cursor, summary, { line, column });
  return new AppError({ code: 'json-syntax', message, details: { line, column }, problems });
}

function problemsOf(
  { text, origin }: Cursor,
  summary: string,
  { line, column }: { readonly line: number; readonly column: number },
): Problem[] {
  if (origin.file === undefined) return [];
  const original = origin.lineOrigins?.[line - 1];
  const span =
    original === undefined ? { file: origin.file, line, column } : { file: original.file, line: original.line };
  const quotedLine = text.split(/\r\n|\n|\r/)[line - 1] ?? '';
  return [{ severity: 'error', code: 'json-syntax', summary, span, quotedLine }];
}
