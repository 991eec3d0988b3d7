import { z } from 'zod';
import { defineState, text, textList, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { readIni, removeSections } from '../../providers/text/ini-text.ts';

/** `ini.sections_absent` */
export const sectionsAbsent = defineState({
  name: 'ini.sections_absent',
  summary: 'Keeps sections out of an ini file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    sections: textList().describe('The sections.'),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
  }),
  examples: [
    `/etc/app.ini:
  ini.sections_absent:
    - sections: [debug]`,
  ],
  async check({ name, sections, separator }, { host }) {
    const before = await readIniFile(host, name);
    const current = readIni(before, { separator });
    const present = sections.filter((section) => current.has(section));
    const changes = Object.fromEntries(
      present.map((section) => [section, Object.fromEntries(current.get(section) ?? [])]),
    );
    const pending = present.map((section) => `Deleted section ${section}.`).join('\n');
    const edited = present.length === 0 ? before : removeSections(before, present);
    return iniOutcome({ path: name, text: before, edited, pending, changes });
  },
});
