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
 * The ways to read a text with its blanks folded. Between double quotes, YAML writes a backslash at the end of a line
 * that goes on and before blanks at the start of one; anywhere else these are characters as all others. As it cannot be
 * told from a fragment where it stood, a text with such places is read in both ways.
 */
export function readingsOf(original: string): readonly FoldedText[] {
  const plain = foldBlanks(original);
  return isBrokenInDoubleQuotes.test(original) ? [plain, fold(original, runInDoubleQuotes)] : [plain];
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
