import { accountRefusal } from './account-refusal.ts';

/** What an option is called inside, and whether a value follows it: `{ '-g': ['gid', 'value'] }`. */
export type OptionTable = Readonly<Record<string, readonly [name: string, kind: 'flag' | 'value']>>;

/** The words of a command line, sorted. */
export interface ProgramWords {
  readonly options: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/** Sorts the words behind a program's name. Refuses, with status 2, what the table does not know. */
export function readProgramWords(words: readonly string[], table: OptionTable): ProgramWords {
  const options = new Map<string, string>();
  const operands: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (word === '--') {
      operands.push(...words.slice(index + 1));
      break;
    }
    if (!word.startsWith('-')) {
      operands.push(word);
      continue;
    }
    const [name, kind] = table[word] ?? [];
    if (name === undefined) throw accountRefusal(2, `unrecognized option '${word}'`);
    if (kind === 'value') index += 1;
    options.set(name, kind === 'value' ? (words[index] ?? '') : '');
  }
  return { options, operands };
}
