/** A text with every run of blanks as one blank, and where each of its characters stood. */
export interface FoldedText {
  readonly text: string;
  /** Position in the original of a character, or of the end. */
  positionOf(index: number): number;
}

// A broken line in a double-quoted YAML text (`\` before the break continues it, `\` behind the indentation keeps the
// blank that follows), and any other run of blanks.
const blanks = /\\\r?\n[ \t]*(?:\\(?= ))?|[ \t\r\n]*\n[ \t]*\\(?= )[ \t\r\n]+|[ \t\r\n]+/g;

/**
 * Folds blanks, so that a text is found again when it was indented, wrapped or folded by YAML: both what is looked
 * for and what it is looked for in are compared in this form.
 */
export function foldBlanks(original: string): FoldedText {
  if (!/[\t\r\n]| {2}/.test(original)) return { text: original, positionOf: (index) => index };
  let text = '';
  let end = 0;
  // Where the two begin to differ by another amount.
  const starts: number[] = [0];
  const positions: number[] = [0];
  for (const { 0: run, index } of original.matchAll(blanks)) {
    text += original.slice(end, index);
    end = index + run.length;
    if (!run.startsWith('\\')) text += ' ';
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
