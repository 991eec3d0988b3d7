import { AppError, compilePythonRegex } from '@brine/common';

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

/** Compiles an administrator's regular expression, written for Python's `re`, for global use. Throws `regex-invalid`. */
export function compileFlaggedRegex(pattern: string, flags: RegexFlags = {}): RegExp {
  const letters = [
    flags.ignoreCase === true ? 'i' : '',
    flags.multiline === true ? 'm' : '',
    flags.dotAll === true ? 's' : '',
    flags.verbose === true ? 'x' : '',
  ];
  return compilePythonRegex(pattern, `g${letters.join('')}`, 'administrator');
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
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
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
  throw new AppError({ code: 'regex-flag', message: `Invalid re flag given: ${flag}` });
}
