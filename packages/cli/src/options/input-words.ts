import { readFileSync } from 'node:fs';

/** The words of a command line; with `--args-stdin` the lines of standard input are further ones. */
export function withInputWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  if (!options.includes('--args-stdin')) return words;
  const lines = readFileSync(0, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return [...words.filter((word, index) => word !== '--args-stdin' || (end >= 0 && index > end)), ...lines];
}
