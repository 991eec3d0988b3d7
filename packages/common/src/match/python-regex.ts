import { AppError } from '../app-error.ts';

const longestPattern = 2000;

/**
 * Compiles a regular expression written for Python's `re`: named groups (`(?P<n>…)`, `(?P=n)`), `\A`, `\Z`, `$`
 * also before a final line break, inline flags at the start (`(?imsx)`), `(?#…)`, and braces and brackets that mean
 * themselves. Flags are JavaScript's (`i`, `m`, `s`, `g`, `y`). Throws `regex-invalid` when it does not compile, is
 * longer than 2000 characters, or repeats a repetition (`(a+)+`), which could run without end; `trust` lets that pass.
 * Matching can still take long with other expressions: those of strangers belong in a process with a deadline.
 */
export function compilePythonRegex(
  pattern: string,
  flags = '',
  trust: 'stranger' | 'administrator' = 'stranger',
): RegExp {
  if (pattern.length > longestPattern) throw invalid(pattern, `longer than ${longestPattern} characters`);
  const inline = /^\(\?([aiLmsux]+)\)/.exec(pattern);
  const wanted = new Set([...Array.from(flags), ...Array.from(inline?.[1] ?? '')]);
  const translated = translate({ source: pattern.slice(inline?.[0].length ?? 0), flags: wanted, position: 0 });
  if (trust === 'stranger' && repeatsRepetition(translated))
    throw invalid(pattern, 'a repetition of a repetition, which could run without end');
  try {
    return new RegExp(translated, [...wanted].filter((flag) => 'imsgyd'.includes(flag)).join('') + 'u');
  } catch (cause) {
    throw invalid(pattern, cause instanceof Error ? cause.message.replace(/^.*: /, '') : String(cause));
  }
}

interface Translation {
  readonly source: string;
  readonly flags: ReadonlySet<string>;
  position: number;
}

function invalid(pattern: string, reason: string): AppError {
  const shown = pattern.length > 100 ? `${pattern.slice(0, 100)}…` : pattern;
  return new AppError({ code: 'regex-invalid', message: `invalid regular expression '${shown}': ${reason}` });
}

function translate(state: Translation): string {
  let translated = '';
  while (state.position < state.source.length) {
    const rest = state.source.slice(state.position);
    if (rest.startsWith('[')) translated += translateSet(state);
    else translated += translateToken(state, rest);
  }
  return translated;
}

const tokens = /^(?:\\[^]|\(\?P<\w+>|\(\?P=\w+\)|\(\?#[^)]*\)|\{\d*,?\d*\}|[^])/u;

function translateToken(state: Translation, rest: string): string {
  const token = tokens.exec(rest)?.[0] ?? rest;
  state.position += token.length;
  if (token.startsWith('\\')) return translateEscape(token.slice(1), false);
  if (token.startsWith('(?')) return translateGroup(token);
  if (token === '.') return state.flags.has('s') ? '[^]' : '[^\\n]';
  if (token === '$') return state.flags.has('m') ? '(?=\\n|(?![^]))' : '(?=\\n?(?![^]))';
  if (state.flags.has('x') && /^[\s#]$/.test(token)) return token === '#' ? skipComment(state) : '';
  return translateBraces(token);
}

function translateGroup(token: string): string {
  if (token.startsWith('(?P<')) return `(?<${token.slice(4)}`;
  if (token.startsWith('(?P=')) return `\\k<${token.slice(4, -1)}>`;
  return '(?:)';
}

function translateBraces(token: string): string {
  if (token === '{' || token === '}' || token === ']') return `\\${token}`;
  if (!token.startsWith('{')) return token;
  if (token === '{}' || token === '{,}') return token === '{}' ? '\\{\\}' : '*';
  return token.startsWith('{,') ? `{0,${token.slice(2)}` : token;
}

function skipComment(state: Translation): string {
  const end = state.source.indexOf('\n', state.position);
  state.position = end < 0 ? state.source.length : end + 1;
  return '';
}

// Python's classes know letters and digits of all scripts.
const classes: ReadonlyMap<string, string> = new Map([
  ['w', '\\p{L}\\p{N}_'],
  ['d', '\\p{Nd}'],
]);

function translateEscape(character: string, isInSet: boolean): string {
  const members = classes.get(character);
  if (members !== undefined) return isInSet ? members : `[${members}]`;
  if (!isInSet) {
    if (character === 'W') return `[^${classes.get('w') ?? ''}]`;
    if (character === 'A') return '(?<![^])';
    if (character === 'Z') return '(?![^])';
  }
  if (character === 'a') return '\\x07';
  if (/^[A-Za-z0-9^$\\.*+?()[\]{}|/]$/.test(character)) return `\\${character}`;
  // Python lets anything but letters and digits be escaped; JavaScript does not.
  return isInSet && character === '-' ? '\\-' : character;
}

function translateSet(state: Translation): string {
  const [start = '['] = /^\[\^?\]?/.exec(state.source.slice(state.position)) ?? [];
  state.position += start.length;
  let translated = start.endsWith(']') ? `${start.slice(0, -1)}\\]` : start;
  while (state.position < state.source.length) {
    const [token = ''] = /^(?:\\[^]|[^])/u.exec(state.source.slice(state.position)) ?? [];
    state.position += token.length;
    if (token === ']') return `${translated}]`;
    if (token.startsWith('\\')) translated += translateEscape(token.slice(1), true);
    else if (token === '-') translated += isRangeDash(state, translated) ? '-' : '\\-';
    else translated += token === '[' ? '\\[' : token;
  }
  return translated;
}

// A dash beside a class such as `\w`, or at an end of the set, means itself.
function isRangeDash(state: Translation, before: string): boolean {
  const after = state.source.slice(state.position);
  return !/(?:^\[\^?|\\[DsSW]|\{Nd\}|\{N\}_)$/.test(before) && !/^(?:\]|\\[dDsSwW])/.test(after);
}

// A group whose last part repeats without bound and that is itself repeated without bound: the classic bomb.
function repeatsRepetition(translated: string): boolean {
  const atom = String.raw`(?:\\.|\[(?:\\.|[^\]\\])*\]|[^()[\]\\|])`;
  const bomb = new RegExp(String.raw`\((?:\?:)?${atom}(?:[*+]|\{\d+,\})\??\)(?:[*+]|\{\d+,\})`, 'su');
  return bomb.test(translated);
}
