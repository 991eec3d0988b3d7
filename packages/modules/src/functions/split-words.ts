import { failure } from './failure.ts';

interface Reading {
  readonly line: string;
  position: number;
}

/**
 * Splits a command line into words as a shell does, without expanding anything (Python's `shlex.split`).
 * Throws `function-failed` when a quotation is not closed.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const reading: Reading = { line, position: 0 };
  while (skipBlanks(reading)) words.push(readWord(reading));
  return words;
}

function skipBlanks(reading: Reading): boolean {
  while (/\s/.test(reading.line[reading.position] ?? '')) reading.position += 1;
  return reading.position < reading.line.length;
}

function readWord(reading: Reading): string {
  let word = '';
  while (reading.position < reading.line.length && !/\s/.test(reading.line[reading.position] ?? '')) {
    word += readPart(reading);
  }
  return word;
}

function readPart(reading: Reading): string {
  const character = reading.line[reading.position] ?? '';
  reading.position += 1;
  if (character === "'") return readQuoted(reading, "'");
  if (character === '"') return readQuoted(reading, '"');
  if (character !== '\\') return character;
  if (reading.position >= reading.line.length) throw failure('No escaped character');
  reading.position += 1;
  return reading.line[reading.position - 1] ?? '';
}

function readQuoted(reading: Reading, quote: string): string {
  let text = '';
  for (;;) {
    const character = reading.line[reading.position];
    if (character === undefined) throw failure('No closing quotation');
    reading.position += 1;
    if (character === quote) return text;
    const next = reading.line[reading.position];
    const isEscape = character === '\\' && quote === '"' && (next === '"' || next === '\\');
    text += isEscape ? next : character;
    if (isEscape) reading.position += 1;
  }
}
