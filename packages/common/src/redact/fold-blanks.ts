/** A text with every run of blanks as one blank, and where each of its characters stood. */
export interface FoldedText {
  readonly text: string;
  /** Position in the original of a character, or of the end. */
  positionOf(index: number): number;
}

// YAML breaks lines at the last three as well, and indents what follows.
const blank = String.raw`[ \t\r\n\u0085\u2028\u2029]`;
const runOfBlanks = new RegExp(`${blank}+`, 'g');

// The backslash at the end of a line that goes on in the next one. Behind another it is a character of the text.
const continuation = String.raw`\\(?=\r?\n)(?<=(?<!\\)(?:\\\\)*\\)\r?\n[ \t]*`;
// What keeps a reader from dropping the blanks at the start of a line.
const guard = String.raw`(?:\\(?=[ \t]))?`;
const runInDoubleQuotes = new RegExp(
  String.raw`(?<break>${continuation})${guard}|[ \t\r]*\n${blank}*${guard}|${blank}+`,
  'g',
);
const isBrokenInDoubleQuotes = /\\\r?\n|\n[ \t]*\\[ \t]/;

/** Folds blanks, so that a text is found again when it was indented, wrapped or folded. */
export function foldBlanks(original: string): FoldedText {
  if (!/[\t\r\n\u0085\u2028\u2029]| {2}/.test(original)) return { text: original, positionOf: (index) => index };
  return fold(original, runOfBlanks);
}

/**
 * The ways to read a text with its blanks folded. A diff puts a mark in front of each line, and what was there among what
 * is there now: it is read without its marks, and each of the two files by itself. Between double quotes, YAML writes a backslash at the end of a line
 * that goes on and before blanks at the start of one; anywhere else these are characters as all others. As it cannot be
 * told from a fragment where it stood, a text with such places is read in both ways.
 */
export function readingsOf(original: string): readonly FoldedText[] {
  return withoutMarks(original).flatMap((text) => {
    const plain = foldBlanks(text);
    return isBrokenInDoubleQuotes.test(text) ? [plain, fold(text, runInDoubleQuotes)] : [plain];
  });
}

const marks = /(?<=^|\n)([ \t]*)[-+<>]/g;
const removedLines = /(?<=^|\n)[ \t]*-[^\n]*\n?/g;
const addedLines = /(?<=^|\n)[ \t]*\+[^\n]*\n?/g;
const hunk = /(?:^|\n)[ \t]*@@ -\d/;

/** The text as it is, and with blanks for what diffs add: all are of one length, so that places stay what they are. */
function withoutMarks(original: string): readonly string[] {
  if (!/[\n][ \t]*[-+<>]/.test(original)) return [original];
  const unmarked = (text: string): string => text.replaceAll(marks, '$1 ');
  if (!hunk.test(original)) return [original, unmarked(original)];
  // With its line break: a line that is gone is no break in what goes on behind it.
  const without = (lines: RegExp): string => original.replaceAll(lines, (line) => ' '.repeat(line.length));
  return [original, unmarked(original), unmarked(without(removedLines)), unmarked(without(addedLines))];
}

function fold(original: string, runs: RegExp): FoldedText {
  let text = '';
  let end = 0;
  // Whether a blank stands already for the run that ends here.
  let isBlank = false;
  // Where the two begin to differ by another amount.
  const starts: number[] = [0];
  const positions: number[] = [0];
  for (const { 0: run, index, groups } of original.matchAll(runs)) {
    if (index > end) isBlank = false;
    text += original.slice(end, index);
    end = index + run.length;
    if (groups?.['break'] === undefined && !isBlank) {
      text += ' ';
      isBlank = true;
    }
    starts.push(text.length);
    positions.push(end);
  }
  text += original.slice(end);
  return { text, positionOf: (index) => locate(index, starts, positions) };
}

function locate(index: number, starts: readonly number[], positions: readonly number[]): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return (positions[low] ?? 0) + index - (starts[low] ?? 0);
}
