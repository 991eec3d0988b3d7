const blank = '[\\t\\n\\v\\f\\r ]';
const letter = '[\\p{L}_]';
const punctuation = '[\\p{L}\\p{N}_!"\'&.,?]';

/** Blanks, dashes between words, and words, which may be parted behind a hyphen: the pieces of Python's textwrap. */
const pieces = new RegExp(
  `(${blank}+|(?<=${punctuation})-{2,}(?=[\\p{L}\\p{N}_])|[^\\t\\n\\v\\f\\r ]+?(?:` +
    `-(?:(?<=${letter}{2}-)|(?<=${letter}-${letter}-))(?=${letter}-?${letter})|(?=${blank}|$)|(?<=${punctuation})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u',
);

/** Words in lines of at most `width` columns, each indented, as Python's `textwrap.fill` breaks them. */
export function wrapWords(text: string, width: number, indent: number): string {
  const room = width - indent;
  const left = expandTabs(text)
    .replaceAll(/[\t\n\v\f\r]/g, ' ')
    .split(pieces)
    .filter((piece) => piece !== '');
  const lines: string[] = [];
  while (left.length > 0) {
    if (lines.length > 0 && isBlank(left[0])) left.shift();
    const line = takeLine(left, room);
    if (isBlank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(' '.repeat(indent) + line.join(''));
  }
  return lines.join('\n');
}

function takeLine(left: string[], room: number): string[] {
  const line: string[] = [];
  let length = 0;
  while (left[0] !== undefined && length + widthOf(left[0]) <= room) {
    length += widthOf(left[0]);
    line.push(left.shift() ?? '');
  }
  const [long] = left;
  if (long !== undefined && widthOf(long) > room) {
    const letters = Array.from(long);
    const end = breakAt(letters, room - length);
    line.push(letters.slice(0, end).join(''));
    left[0] = letters.slice(end).join('');
  }
  return line;
}

/** Where a word that is longer than a line is broken: behind its last hyphen that fits, else where the line ends. */
function breakAt(letters: readonly string[], space: number): number {
  const hyphen = letters.slice(0, space).lastIndexOf('-');
  return hyphen > 0 && letters.slice(0, hyphen).some((one) => one !== '-') ? hyphen + 1 : space;
}

function expandTabs(text: string): string {
  let column = 0;
  return Array.from(text, (one) => {
    if (one === '\t') {
      const blanks = 8 - (column % 8);
      column += blanks;
      return ' '.repeat(blanks);
    }
    column = one === '\n' || one === '\r' ? 0 : column + 1;
    return one;
  }).join('');
}

function isBlank(piece: string | undefined): boolean {
  return piece !== undefined && piece.trim() === '';
}

/** How many characters a text has, as Python counts them. */
export function widthOf(text: string): number {
  return Array.from(text).length;
}
