const escapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escape =
  /\\(?:x(?<x>[0-9a-fA-F]{0,2})|u(?<u>[0-9a-fA-F]{0,4})|U(?<U>[0-9a-fA-F]{0,8})|(?<octal>[0-7]{1,3})|(?<other>N\{[^}]*\}?|[\s\S]))/g;

interface BrokenEscape {
  readonly problem: string;
}

/** Reads the inside of a quoted text as Python does; unknown escapes stay as they are. */
export function readTextLiteral(inside: string): string | BrokenEscape {
  if (!inside.includes('\\')) return inside;
  let text = '';
  let position = 0;
  for (const match of inside.matchAll(escape)) {
    const read = readEscape(match);
    if (typeof read !== 'string') return read;
    text += inside.slice(position, match.index) + read;
    position = match.index + match[0].length;
  }
  return text + inside.slice(position);
}

function readEscape(match: RegExpExecArray): string | BrokenEscape {
  const { x, u, U, octal, other = '' } = match.groups ?? {};
  if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
  const digits = x ?? u ?? U;
  if (digits !== undefined) return readCode(digits, match[0].slice(1, 2));
  if (other.startsWith('N{')) return { problem: 'characters cannot be given by name; write \\u and their number' };
  return escapes[other] ?? match[0];
}

const widths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function readCode(digits: string, letter: string): string | BrokenEscape {
  if (digits.length < (widths[letter] ?? 0)) return { problem: `truncated \\${letter} escape` };
  const code = Number.parseInt(digits, 16);
  return code > 0x10ffff ? { problem: 'illegal Unicode character' } : String.fromCodePoint(code);
}
