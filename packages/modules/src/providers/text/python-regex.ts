import { AppError } from '@brine/common';

/** Flags of Python's `re` that change what a pattern matches. */
export interface RegexFlags {
  readonly ignoreCase?: boolean;
  /** `^` and `$` match at line ends too. */
  readonly multiline?: boolean;
  /** `.` matches a line end too. */
  readonly dotAll?: boolean;
  /** Blanks and comments in the pattern are left out. */
  readonly verbose?: boolean;
}

/**
 * Compiles a regular expression as Python's `re` writes them, for global use. Throws `regex-syntax` with the pattern
 * when it cannot be read, or uses what JavaScript lacks (possessive quantifiers, conditionals).
 */
export function compilePythonRegex(pattern: string, flags: RegexFlags = {}): RegExp {
  const leading = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const letters = leading?.[1] ?? '';
  const all: RegexFlags = {
    ignoreCase: flags.ignoreCase === true || letters.includes('i'),
    multiline: flags.multiline === true || letters.includes('m'),
    dotAll: flags.dotAll === true || letters.includes('s'),
    verbose: flags.verbose === true || letters.includes('x'),
  };
  const source = translate(pattern.slice(leading?.[0].length ?? 0), all);
  const options = `g${all.ignoreCase === true ? 'i' : ''}${all.multiline === true ? 'm' : ''}`;
  try {
    return new RegExp(source, options + (all.dotAll === true ? 's' : ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^.*: /s, '') : 'unreadable';
    throw new AppError({ code: 'regex-syntax', message: `invalid regular expression '${pattern}': ${reason}`, cause });
  }
}

/** Flags from Python's spellings: names such as `IGNORECASE`, `M`, or the number they add up to. */
export function readRegexFlags(flags: readonly (string | number)[]): RegexFlags {
  const letters = new Set(flags.flatMap(flagLetters));
  return {
    ignoreCase: letters.has('I'),
    multiline: letters.has('M'),
    dotAll: letters.has('S'),
    verbose: letters.has('X'),
  };
}

/** A pattern that matches a text literally. */
export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** The text a match is replaced with: `\1`, `\g<1>`, `\g<name>` and Python's escapes in it are filled in. */
export function expandReplacement(template: string, match: RegExpExecArray): string {
  return template.replace(/\\(?:g<(\w+)>|(\d{1,2})|(.))/gs, (whole, name: string, digits: string, letter: string) => {
    const group = name ?? digits;
    if (group === undefined) return templateEscapes[letter] ?? whole;
    return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });
}

const templateEscapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', f: '\f', v: '\v' };

const numberedFlags: readonly (readonly [number, string])[] = [
  [2, 'I'],
  [4, 'L'],
  [8, 'M'],
  [16, 'S'],
  [32, 'U'],
  [64, 'X'],
  [256, 'A'],
];

const namedFlags: Readonly<Record<string, string>> = {
  IGNORECASE: 'I',
  LOCALE: 'L',
  MULTILINE: 'M',
  DOTALL: 'S',
  UNICODE: 'U',
  VERBOSE: 'X',
  ASCII: 'A',
};

function flagLetters(flag: string | number): readonly string[] {
  if (typeof flag === 'number' || /^\d+$/.test(flag)) {
    return numberedFlags.filter(([bit]) => (Number(flag) & bit) !== 0).map(([, letter]) => letter);
  }
  const name = flag.toUpperCase();
  const letter = namedFlags[name] ?? (Object.values(namedFlags).includes(name) ? name : undefined);
  if (letter !== undefined) return [letter];
  throw new AppError({ code: 'regex-syntax', message: `Invalid re flag given: ${flag}` });
}

const token =
  /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\(\?P<(\w+)>|\(\?P=(\w+)\)|\(\?#[^)]*\)|#[^\n]*|\s|\$|[\s\S]/g;

function translate(pattern: string, flags: RegexFlags): string {
  return pattern.replace(token, (part: string, group: string | undefined, reference: string | undefined) => {
    if (group !== undefined) return `(?<${group}>`;
    if (reference !== undefined) return `\\k<${reference}>`;
    if (part.startsWith('(?#')) return '';
    if (part.startsWith('[') && part.length > 1) return translateClass(part);
    if (flags.verbose === true && /^(\s|#.*)$/.test(part)) return '';
    // Without MULTILINE, Python's $ also matches before a line end that ends the text.
    if (part === '$' && flags.multiline !== true) return '(?=\\n?(?![\\s\\S]))';
    if (part === '\\A') return '(?<![\\s\\S])';
    return part === '\\Z' ? '(?![\\s\\S])' : part;
  });
}

// A `[` in a class is literal in Python; so is a `]` that comes first.
function translateClass(part: string): string {
  const body = part.slice(part.startsWith('[^') ? 2 : 1, -1);
  const start = body.startsWith(']') ? `\\]${body.slice(1)}` : body;
  return `[${part.startsWith('[^') ? '^' : ''}${start}]`;
}
