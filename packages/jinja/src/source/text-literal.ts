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

const escape = /\\(?:x([0-9a-fA-F]{0,2})|u([0-9a-fA-F]{0,4})|U([0-9a-fA-F]{0,8})|([0-7]{1,3})|(N\{[^}]*\}?|[\s\S]))/g;

interface BrokenEscape {
  readonly problem: string;
}

/** Reads the inside of a quoted text as Python does; unknown escapes stay as they are. */
export function readTextLiteral(inside: string): string | BrokenEscape {
  if (!inside.includes('\\')) return inside;
  let problem: string | undefined;
  const text = inside.replace(escape, (whole, x?: string, u?: string, U?: string, octal?: string, other = '') => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const digits = x ?? u ?? U;
    if (digits === undefined) {
      if (other.startsWith('N{')) problem ??= 'characters cannot be given by name (\\N{…}); write \\u and their number';
      return escapes[other] ?? whole;
    }
    const wanted = x !== undefined ? 2 : u !== undefined ? 4 : 8;
    if (digits.length < wanted) problem ??= `truncated \\${whole.slice(1, 2)} escape`;
    const code = Number.parseInt(digits, 16);
    if (code > 0x10ffff) problem ??= 'illegal Unicode character';
    return problem === undefined ? String.fromCodePoint(code) : '';
  });
  return problem === undefined ? text : { problem };
}
