import { prepareWords } from '@brine/common/launch';
import type { Command } from 'commander';

/** Parses the words of a command line, with long options abbreviated as Salt takes them, over those of a Saltfile. */
export async function parseWords(command: Command, words: readonly string[]): Promise<void> {
  command.parse([...(await prepareWords(words, command.name(), command))], { from: 'user' });
}
