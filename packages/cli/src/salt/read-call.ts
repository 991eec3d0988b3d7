import { parseArguments, type Dict, type Value } from '@brine/common';
import { cliError, usageExitCode } from '../errors.ts';

/** What of a job the words behind the target say. */
export interface FunctionCall {
  readonly function: string;
  readonly positional: Value[];
  readonly keyword: Dict;
}

/** How the words are read. */
export interface ReadingFlags {
  readonly argsSeparator?: string;
  /** `--no-parse`: names of keyword arguments that stay text, separated by commas. */
  readonly parse?: string | true;
}

/** Reads a function, or several separated by commas, and its arguments. Throws `usage`. */
export function readCall(fun: string, words: readonly string[], flags: ReadingFlags): FunctionCall {
  const noParse = typeof flags.parse === 'string' ? flags.parse.split(',').map((name) => name.trim()) : [];
  if (!fun.includes(',')) return { function: fun, ...parseArguments(words, { noParse }) };
  const groups = groupWords(words, fun.split(',').length, flags.argsSeparator ?? ',');
  const positional = groups.map((group) => {
    const { positional: values, keyword } = parseArguments(group, { noParse });
    return keyword.size === 0 ? values : [...values, new Map<Value, Value>([['__kwarg__', true], ...keyword])];
  });
  return { function: fun, positional, keyword: new Map() };
}

/**
 * Which words belong to which of several functions. Separators that stand alone part them when there are as many as
 * are needed; else every separator does, also inside a word, and words that are empty then are none.
 */
function groupWords(words: readonly string[], count: number, separator: string): readonly (readonly string[])[] {
  if (words.length === 0) return Array.from({ length: count }, () => []);
  const alone = words.filter((word) => word === separator).length === count - 1;
  const groups: string[][] = [[]];
  for (const word of words) {
    const parts = alone && word !== separator ? [word] : word.split(separator);
    for (const [index, part] of parts.entries()) {
      if (index > 0) groups.push([]);
      if (part !== '' || parts.length === 1) groups.at(-1)?.push(part);
    }
  }
  if (groups.length === count) return groups;
  const problem = groups.length < count ? 'arguments for all of them' : 'fewer groups of arguments';
  throw cliError(
    'usage',
    `${count} functions in one job need ${problem}, separated by '${separator}': test.ping,test.echo ${separator} hello`,
    { exitCode: usageExitCode },
  );
}
