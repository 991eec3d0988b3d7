import type { Dict } from '@brine/common';
import { z } from 'zod';
import { absolutePath, defineState, optional, text, textList, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { parseIni, showIni } from '../../providers/text/ini-document.ts';

/** `ini.sections_absent` */
export const sectionsAbsent = defineState({
  name: 'ini.sections_absent',
  summary: 'Keeps sections out of an ini file.',
  args: z.object({
    name: absolutePath().describe('Absolute path of the file.'),
    sections: optional(textList()).describe('The sections.'),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
  }),
  examples: [
    `/etc/app.ini:
  ini.sections_absent:
    - sections: [debug]`,
  ],
  async check({ name, sections, separator }, { host }) {
    const ini = parseIni(await readIniFile(host, name), separator);
    const [changes, lines]: [Dict, string[]] = [new Map(), []];
    for (const section of sections ?? []) {
      const found = ini.entries.get(section);
      if (typeof found !== 'object') {
        lines.push(`Section ${section} does not exist.\n`);
        continue;
      }
      ini.entries.delete(section);
      changes.set(section, showIni(found));
      lines.push(`Deleted section ${section}.\n`);
    }
    return iniOutcome({ path: name, ini, lines, changes });
  },
});
