import { isAppError } from './app-error.ts';
import { isDict, type Dict, type Value } from './value.ts';
import { loadYaml } from './yaml/load-yaml.ts';

/** Command-line arguments as a function gets them. */
export interface ParsedArguments {
  readonly positional: Value[];
  readonly keyword: Dict;
}

/**
 * Reads one word of a command line as Salt does: as YAML, but mappings need braces and lists brackets, digits with
 * underscores stay text, and so do words with a tab or line break, words that are not valid YAML, and a `#` unless
 * the result is no text. `None` is null.
 */
export function parseArgument(text: string): Value {
  if (staysText(text)) return text;
  if (text === 'None') return null;
  const value = readYaml(text);
  if (value === undefined || value instanceof Uint8Array) return text;
  // A comment would drop part of what was written.
  if (text.includes('#')) return value === null || typeof value === 'string' ? text : value;
  return isBare(value, text) ? text : value;
}

function isBare(value: Value, text: string): boolean {
  if (isDict(value)) return !text.startsWith('{');
  if (Array.isArray(value)) return !text.startsWith('[');
  return value === '' && (text === '|' || text === '!');
}

/**
 * Tells positional from keyword arguments (`name=value`; `a==b` and words with a line break are positional) and
 * reads each as {@link parseArgument} does, except the keyword arguments in `noParse`, which stay text. A positional
 * number of 20 digits stays text: it is a job id.
 */
export function parseArguments(
  words: readonly string[],
  { noParse = [] }: { readonly noParse?: readonly string[] } = {},
): ParsedArguments {
  const positional: Value[] = [];
  const keyword: Dict = new Map();
  for (const word of words) {
    const [, name, text = ''] = /^([\p{L}_][\p{L}\p{N}_.-]*)=(?!=)([^\n]*)\n?$/u.exec(word) ?? [];
    if (name !== undefined) keyword.set(name, noParse.includes(name) ? text : parseArgument(text));
    else positional.push(keepJobId(parseArgument(word)));
  }
  return { positional, keyword };
}

function staysText(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '---' || trimmed === '...') return true;
  if (text.includes('_') && /^[\d_]*$/.test(trimmed)) return true;
  return /[\t\r\n]/.test(text);
}

function readYaml(text: string): Value | undefined {
  try {
    return loadYaml(text).value;
  } catch (caught) {
    if (isAppError(caught)) return undefined;
    throw caught;
  }
}

function keepJobId(value: Value): Value {
  return typeof value === 'bigint' && /^\d{20}$/.test(value.toString()) ? value.toString() : value;
}
