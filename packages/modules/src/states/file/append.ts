import { z } from 'zod';
import { defineState, fails, flag, text, withDefault } from '../../kit/index.ts';
import { checkAddition, presentLines } from '../../providers/files/add-lines.ts';
import { readTextSources, textSourceArguments, texts } from '../../providers/files/text-sources.ts';

/** `file.append` */
export const append = defineState({
  name: 'file.append',
  summary: 'Adds texts at the end of a file unless it has them.',
  args: z.object({
    name: text().describe('Absolute path of the file; it is made when it is missing.'),
    text: texts().describe('A text, or a list of texts that are looked for one by one.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    ...textSourceArguments,
    ignore_whitespace: withDefault(flag(), true).describe('Whether blanks count when a text is looked for.'),
  }),
  examples: [
    `/etc/environment:
  file.append:
    - text: EDITOR=vi`,
  ],
  async check(args, context) {
    const files = await readTextSources(args, context);
    if (typeof files === 'string') return fails(files);
    const wanted = files ?? args.text;
    if (wanted === undefined) return fails('No text found to append. Nothing appended');
    const ignoresBlanks = args.ignore_whitespace;
    return checkAddition({
      name: args.name,
      makedirs: args.makedirs,
      context,
      word: 'Appended',
      lineBreaks: false,
      add(before) {
        const added = wanted.filter((chunk) => !presentLines(before, chunk, ignoresBlanks)).flatMap(splitChunk);
        const start = before === '' || before.endsWith('\n') || added.length === 0 ? before : `${before}\n`;
        return { count: added.length, text: start + added.map((one) => `${one}\n`).join('') };
      },
    });
  },
});

function splitChunk(chunk: string): readonly string[] {
  return chunk.replace(/\r?\n$/, '').split(/\r?\n/);
}
