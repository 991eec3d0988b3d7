import { z } from 'zod';
import { lineText, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';

const path = withDefault(lineText(), '/etc/postfix/main.cf').describe('Path of the configuration.');

/** The settings of main.cf as they are written: a line that begins with a blank goes on with the one before. */
async function readSettings({ host }: FunctionContext, file: string): Promise<readonly string[]> {
  const text = await readText(host, file);
  if (text === undefined) throw failure(`There is no ${file}.`);
  const settings: string[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const last = settings.at(-1);
    if (last === undefined || line.trim() === '' || !/^\s/.test(line)) settings.push(line);
    else settings[settings.length - 1] = `${last}\n${line}`;
  }
  return settings;
}

function isSetting(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('#');
}

function nameOf(line: string): string {
  return (line.split('=')[0] ?? '').trim();
}

export const showMain = defineFunction({
  name: 'postfix.show_main',
  summary: 'The settings of main.cf.',
  args: z.object({ path }),
  examples: ["'*' postfix.show_main", "'*' postfix.show_main path=/path/to/main.cf"],
  async run(args, context) {
    const settings = (await readSettings(context, args.path)).filter(isSetting);
    return Object.fromEntries(settings.map((line) => [nameOf(line), line.slice(line.indexOf('=') + 1).trim()]));
  },
});

export const setMain = defineFunction({
  name: 'postfix.set_main',
  summary: 'Sets a value of main.cf, at its end when it is not there; answers the lines of the file.',
  args: z.object({
    key: lineText()
      .refine((value) => /^\w+$/.test(value), 'must be the name of a setting')
      .describe('The setting.'),
    value: lineText().describe('Its value.'),
    path,
  }),
  examples: ["'*' postfix.set_main mailq_path /usr/bin/mailq"],
  async run({ key, value, path: file }, context) {
    const settings = await readSettings(context, file);
    const line = `${key} = ${value}`;
    const isThere = settings.some((one) => isSetting(one) && nameOf(one) === key);
    const changed = isThere
      ? settings.map((one) => (isSetting(one) && nameOf(one) === key ? line : one))
      : [...settings, line];
    await writeText(context.host, file, `${changed.join('\n')}\n`);
    return [...changed];
  },
});
