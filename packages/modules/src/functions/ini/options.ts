import { z } from 'zod';
import { dict, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { parseIni, setIniOptions, showIni, writeIni, type IniSection } from '../../providers/text/ini-document.ts';
import { readText, writeText } from '../text-file.ts';

const file = text().describe('Path of the file.');
const section = text().describe('Name of the section; empty for options above all sections.');
const option = text().describe('Name of the option.');
const separator = withDefault(text(), '=').describe('What parts name and value.');

export const getOption = defineFunction({
  name: 'ini.get_option',
  summary: 'The value of an option; null when it is not set.',
  args: z.object({ file_name: file, section, option, separator }),
  examples: ["'*' ini.get_option /path/to/ini section_name option_name"],
  async run(args, context) {
    const found = findSection(await open(context, args), args.section)?.entries.get(args.option);
    return found === undefined ? null : showIni(found);
  },
});

export const getSection = defineFunction({
  name: 'ini.get_section',
  summary: 'The options of a section; an empty dictionary when there is none.',
  args: z.object({ file_name: file, section, separator }),
  examples: ["'*' ini.get_section /path/to/ini section_name"],
  async run(args, context) {
    const found = findSection(await open(context, args), args.section);
    return found === undefined ? {} : showIni(found);
  },
});

export const getIni = defineFunction({
  name: 'ini.get_ini',
  summary: 'All sections and options of a file.',
  args: z.object({ file_name: file, separator }),
  examples: ["'*' ini.get_ini /path/to/ini"],
  run: async (args, context) => showIni(await open(context, args)),
});

export const setOption = defineFunction({
  name: 'ini.set_option',
  summary: 'Sets options and sections, and answers what changed.',
  args: z.object({
    file_name: file,
    sections: withDefault(dict(), new Map()).describe('Sections and their options.'),
    separator,
  }),
  examples: [`'*' ini.set_option /path/to/ini '{section_foo: {key: value}}'`],
  async run(args, context) {
    const ini = await open(context, args);
    const changes = setIniOptions(ini, args.sections);
    if (changes.size > 0) await writeText(context.host, args.file_name, writeIni(ini));
    return changes;
  },
});

export const removeOption = defineFunction({
  name: 'ini.remove_option',
  summary: 'Removes an option and answers its value; null when it was not set.',
  args: z.object({ file_name: file, section, option, separator }),
  examples: ["'*' ini.remove_option /path/to/ini section_name option_name"],
  async run(args, context) {
    const ini = await open(context, args);
    const holder = findSection(ini, args.section) ?? ini;
    const found = holder.entries.get(args.option);
    if (found === undefined) return null;
    holder.entries.delete(args.option);
    await writeText(context.host, args.file_name, writeIni(ini));
    return showIni(found);
  },
});

export const removeSection = defineFunction({
  name: 'ini.remove_section',
  summary: 'Removes a section and answers its options; null when there was none.',
  args: z.object({ file_name: file, section, separator }),
  examples: ["'*' ini.remove_section /path/to/ini section_name"],
  async run(args, context) {
    const ini = await open(context, args);
    const found = ini.entries.get(args.section);
    if (found === undefined) return null;
    ini.entries.delete(args.section);
    await writeText(context.host, args.file_name, writeIni(ini));
    return showIni(found);
  },
});

async function open(
  { host }: FunctionContext,
  args: { readonly file_name: string; readonly separator: string },
): Promise<IniSection> {
  return parseIni((await readText(host, args.file_name)) ?? '', args.separator);
}

function findSection(ini: IniSection, name: string): IniSection | undefined {
  if (name === '') return ini;
  const found = ini.entries.get(name);
  return typeof found === 'string' ? undefined : found;
}
