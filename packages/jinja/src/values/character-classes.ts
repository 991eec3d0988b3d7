/** What Python's `str` methods take for whitespace, for use in a character class. */
export const whitespaceClass =
  ' \\t\\n\\r\\f\\v\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const leading = new RegExp(`^[${whitespaceClass}]+`);
const trailing = new RegExp(`[${whitespaceClass}]+$`);
const onlyWhitespace = new RegExp(`^[${whitespaceClass}]+$`);
const words = new RegExp(`[^${whitespaceClass}]+`, 'g');

export function trimStart(text: string): string {
  return text.replace(leading, '');
}

export function trimEnd(text: string): string {
  // The pattern would try every run of whitespace; most texts end without any.
  return onlyWhitespace.test(text.slice(-1)) ? text.replace(trailing, '') : text;
}

export function trim(text: string): string {
  return trimEnd(trimStart(text));
}

export function isWhitespace(text: string): boolean {
  return onlyWhitespace.test(text);
}

/** The runs of other characters in a text, with their positions. */
export function findWords(text: string): RegExpExecArray[] {
  return Array.from(text.matchAll(words));
}

// oxlint-disable-next-line no-control-regex -- Python breaks lines at these as well
const lineBreak = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** Python's `splitlines`. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const match of text.matchAll(lineBreak)) {
    const end = match.index + match[0].length;
    lines.push(text.slice(start, keepEnds ? end : match.index));
    start = end;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}
