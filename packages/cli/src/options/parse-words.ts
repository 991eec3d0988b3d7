import type { Command } from 'commander';
import { expandAbbreviations } from './abbreviations.ts';

/** Parses the words of a command line, with long options abbreviated as Salt takes them. */
export function parseWords(command: Command, words: readonly string[]): void {
  command.parse([...expandAbbreviations(words, command)], { from: 'user' });
}
