import { flagsOf, usageError, type CommandOption, type CommandOptions } from './command-options.ts';

/**
 * Writes abbreviated long options out, as Salt takes them: `--verb` is `--verbose` when nothing else begins so. Throws
 * `usage` when several do. What follows `--`, and values of options, stay as they are.
 */
export function expandAbbreviations(words: readonly string[], command: CommandOptions): readonly string[] {
  const expanded: string[] = [];
  let isValue = false;
  for (const [index, word] of words.entries()) {
    if (isValue) {
      expanded.push(word);
      isValue = false;
      continue;
    }
    if (word === '--') return [...expanded, ...words.slice(index)];
    const { text, wantsValue } = word.startsWith('--') ? expandLong(word, command) : expandShort(word, command);
    expanded.push(text);
    isValue = wantsValue;
  }
  return expanded;
}

interface Expanded {
  readonly text: string;
  /** Whether the next word is the value of this option. */
  readonly wantsValue: boolean;
}

function expandLong(word: string, command: CommandOptions): Expanded {
  const [name, value] = splitOption(word);
  const option = findLong(name, command);
  if (option === undefined) return { text: word, wantsValue: false };
  return { text: [nameOf(option, name), ...value].join('='), wantsValue: option.required && value.length === 0 };
}

function expandShort(word: string, command: CommandOptions): Expanded {
  const option = findShort(word, command);
  return { text: word, wantsValue: option !== undefined && isShortAlone(word, option) };
}

function splitOption(word: string): [string, string[]] {
  const end = word.indexOf('=');
  return end < 0 ? [word, []] : [word.slice(0, end), [word.slice(end + 1)]];
}

function nameOf(option: CommandOption, given: string): string {
  const names = flagsOf(option);
  return names.includes(given) ? given : (names.find((name) => name.startsWith(given)) ?? given);
}

function findLong(name: string, command: CommandOptions): CommandOption | undefined {
  const exact = command.options.find((option) => flagsOf(option).includes(name));
  if (exact !== undefined || name === '--help') return exact;
  const candidates = command.options.filter((option) => flagsOf(option).some((long) => long.startsWith(name)));
  if (candidates.length > 1) {
    const names = candidates.map((option) => nameOf(option, name)).join(', ');
    throw usageError(`the option ${name} is ambiguous: ${names}`);
  }
  return candidates[0];
}

/** The option that may take the next word: the last letter of `-vt`, or the one that took the rest of the word. */
function findShort(word: string, command: CommandOptions): CommandOption | undefined {
  if (!/^-[^-]/.test(word)) return undefined;
  for (const letter of word.slice(1)) {
    const option = command.options.find(({ short }) => short === `-${letter}`);
    if (option?.required === true) return option;
  }
  return undefined;
}

function isShortAlone(word: string, { short = '' }: CommandOption): boolean {
  return word.endsWith(short.slice(1));
}
