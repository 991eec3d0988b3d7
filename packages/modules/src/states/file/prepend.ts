import { z } from 'zod';
import { defineState, fails, flag, text, withDefault } from '../../kit/index.ts';
import { checkAddition, presentLines } from '../../providers/files/add-lines.ts';
import { readTextSources, textSourceArguments, texts } from '../../providers/files/text-sources.ts';

/** `file.prepend` */
export const prepend = defineState({
  name: 'file.prepend',
  summary: 'Adds texts at the start of a file unless it has them.',
  args: z.object({
    name: text().describe('Absolute path of the file; it is made when it is missing.'),
    text: texts().describe('A text, or a list of texts that are looked for one by one.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
    ...textSourceArguments,
    header: withDefault(flag(), false).describe('Whether the texts must be the very first lines.'),
  }),
  examples: [
    `/etc/motd:
  file.prepend:
    - text: Managed by Brine`,
  ],
  async check(args, context) {
    const files = await readTextSources(args, context);
    if (typeof files === 'string') return fails(files);
    const wanted = files ?? args.text;
    if (wanted === undefined) return fails('No text found to prepend. Nothing prepended');
    return checkAddition({
      name: args.name,
      makedirs: args.makedirs,
      context,
      word: 'Prepended',
      lineBreaks: true,
      add(before) {
        const isThere = (chunk: string): boolean => !args.header && presentLines(before, chunk, true);
        const added = wanted
          .filter((chunk) => !isThere(chunk))
          .flatMap((chunk) => chunk.replace(/\r?\n$/, '').split(/\r?\n/));
        const head = added.map((one) => `${one}\n`).join('');
        if (args.header && (before.startsWith(head) || `${before}\n` === head)) return { count: 0, text: before };
        return { count: added.length, text: head + before };
      },
    });
  },
});
