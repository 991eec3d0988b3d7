import { createContext, Script, type Context } from 'node:vm';
import type { Runtime } from '../runtime/runtime.ts';
import { fault, limitFault } from '../template-fault.ts';
import { refuseLongText } from '../values/size-limits.ts';
import { translatePattern, type PatternFlags, type TranslatedPattern } from './translate-pattern.ts';

export interface RegexUse {
  readonly flags: PatternFlags;
  readonly runtime: Runtime;
}

const longestPattern = 10_000;
const longestSearch = 1_000;
/** Steps that a pattern may take by estimate before it is watched from outside. */
const safeSteps = 5_000_000;

function compile(
  pattern: string,
  flags: PatternFlags,
  jsFlags: string,
): { regex: RegExp; translated: TranslatedPattern } {
  if (pattern.length > longestPattern)
    throw limitFault(`a regular expression has more than ${longestPattern} characters`);
  const translated = translatePattern(pattern, flags);
  try {
    return { regex: new RegExp(translated.source, `u${translated.ignoreCase ? 'i' : ''}${jsFlags}`), translated };
  } catch (error) {
    throw fault(`bad regular expression '${pattern}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether matching may take far more steps than the text has characters. */
function isRisky(translated: TranslatedPattern, text: string): boolean {
  if (translated.isNested) return text.length > 20;
  return text.length ** (translated.repetitions + 1) > safeSteps;
}

/**
 * Runs a match. JavaScript cannot stop a match that has begun, but its virtual machine can: matches that may take
 * very long run there, and end with the time of the render, at most one second each.
 */
function execute(
  found: { regex: RegExp; translated: TranslatedPattern },
  text: string,
  runtime: Runtime,
): RegExpExecArray | null {
  runtime.tick();
  if (!isRisky(found.translated, text)) return found.regex.exec(text);
  const context: Context = createContext({ regex: found.regex, text, match: null });
  try {
    new Script('match = regex.exec(text)').runInContext(context, { timeout: longestSearch });
  } catch (error) {
    if (isTimeout(error)) {
      throw limitFault(`a regular expression took longer than ${longestSearch} milliseconds`);
    }
    throw error;
  }
  return context['match'] as RegExpExecArray | null;
}

/** The error comes out of the other context, where `Error` is another class. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

/** Python's `re.search`. */
export function search(pattern: string, text: string, use: RegexUse): RegExpExecArray | undefined {
  return execute(compile(pattern, use.flags, ''), text, use.runtime) ?? undefined;
}

/** Python's `re.match`: only at the start of the text. */
export function matchAtStart(pattern: string, text: string, use: RegexUse): RegExpExecArray | undefined {
  return execute(compile(pattern, use.flags, 'y'), text, use.runtime) ?? undefined;
}

/** Python's `re.sub`. */
export function substitute(pattern: string, replacement: string, text: string, use: RegexUse): string {
  const found = compile(pattern, use.flags, 'g');
  const expand = compileReplacement(replacement);
  let result = '';
  let position = 0;
  for (let match = execute(found, text, use.runtime); match !== null; match = execute(found, text, use.runtime)) {
    result += text.slice(position, match.index) + expand(match);
    refuseLongText(result.length);
    position = match.index + match[0].length;
    if (match[0] === '') found.regex.lastIndex += codePointWidth(text, match.index);
    if (found.regex.lastIndex > text.length) break;
  }
  return result + text.slice(position);
}

function codePointWidth(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

type Expand = (match: RegExpExecArray) => string;

const reference = /\\(?:g<(?<name>[^>]*)>|(?<number>[1-9]\d?)|(?<other>[\s\S]?))/g;
const replacementEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '0': '\0',
};

/** Reads a replacement: `\1`, `\g<1>`, `\g<name>` and the usual escapes. */
function compileReplacement(replacement: string): Expand {
  if (!replacement.includes('\\')) return () => replacement;
  return (match) =>
    replacement.replace(reference, (whole, ...rest) => {
      const groups = rest.at(-1) as Record<string, string | undefined>;
      const name = groups['name'] ?? groups['number'];
      return name === undefined ? escapeOf(groups['other'] ?? '', whole) : groupOf(match, name);
    });
}

function escapeOf(letter: string, whole: string): string {
  const known = replacementEscapes[letter];
  if (known !== undefined) return known;
  if (/[A-Za-z]/.test(letter)) throw fault(`bad escape \\${letter} in a replacement`);
  return whole;
}

function groupOf(match: RegExpExecArray, name: string): string {
  if (/^\d+$/.test(name)) {
    if (Number(name) >= match.length) throw fault(`invalid group reference ${name}`);
    return match[Number(name)] ?? '';
  }
  if (match.groups === undefined || !(name in match.groups)) throw fault(`unknown group name '${name}'`);
  return match.groups[name] ?? '';
}
