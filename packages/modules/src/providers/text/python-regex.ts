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

/**
 * The text a match is replaced with: `\1`, `\g<1>`, `\g<name>`, octal numbers and Python's escapes in it are filled in.
 * Throws `text-edit` for groups the pattern does not have and for letters that are no escapes, as Python does.
 */
export function expandReplacement(template: string, match: RegExpExecArray): string {
  return template.replace(replacementParts, (whole, ...parts: (string | undefined)[]) => {
    const [octal, name, number, letter] = parts;
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    if (letter !== undefined) return templateEscapes[letter] ?? whole;
    return groupText(match, name ?? number ?? '');
  });
}

const replacementParts = /\\(?:(0[0-7]{0,2}|[1-3][0-7]{2})|g<(\w+)>|(\d{1,2})|(.))/gs;

const templateEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  f: '\f',
  v: '\v',
  a: '\u0007',
  b: '\b',
};

function groupText(match: RegExpExecArray, group: string): string {
  const isNumber = /^\d+$/.test(group);
  const isThere = isNumber ? Number(group) < match.length : match.groups !== undefined && group in match.groups;
  if (!isThere) throw badReplacement(isNumber ? `invalid group reference ${group}` : `unknown group name '${group}'`);
  return (isNumber ? match[Number(group)] : match.groups?.[group]) ?? '';
}

/** Refuses a replacement that Python refuses whether anything matches or not. Throws `text-edit`. */
export function checkReplacement(template: string): void {
  for (const [part, , , , letter] of template.matchAll(replacementParts))
    if (letter !== undefined && /[A-Za-z]/.test(letter) && !(letter in templateEscapes))
      throw badReplacement(`bad escape ${part}`);
}

function badReplacement(reason: string): AppError {
  return new AppError({ code: 'text-edit', message: `invalid replacement: ${reason}` });
}

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
