import type { CommandOptions } from './command-options.ts';
import { expandAbbreviations } from './expand-abbreviations.ts';
import { withSaltfile } from './saltfile.ts';

/** Words of a command line as they are to be parsed: long options written out, over those of a Saltfile. Throws `usage`. */
export async function prepareWords(
  words: readonly string[],
  program: string,
  command: CommandOptions,
): Promise<readonly string[]> {
  return withSaltfile(expandAbbreviations(words, command), program, command);
}
