import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { absolutePath, argument, defineState, optional, text, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { parseIni, setIniOptions } from '../../providers/text/ini-document.ts';

const sectionNames = argument<readonly string[]>('a dict or a list of sections', (value: Value) => {
  if (isDict(value)) return [...value.keys()].map((key) => pythonStr(key));
  return Array.isArray(value) ? value.map((key) => pythonStr(key)) : undefined;
});

/** `ini.sections_present` */
export const sectionsPresent = defineState({
  name: 'ini.sections_present',
  summary: 'Keeps sections in an ini file; what is in them stays.',
  args: z.object({
    name: absolutePath().describe('Absolute path of the file.'),
    sections: optional(sectionNames).describe('The sections.'),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
  }),
  examples: [
    `/etc/app.ini:
  ini.sections_present:
    - sections: [debug]`,
  ],
  async check({ name, sections, separator }, { host }) {
    const ini = parseIni(await readIniFile(host, name), separator);
    const wanted = sections ?? [];
    const lines = wanted.map((section) =>
      ini.entries.has(section) ? `Section unchanged ${section}.\n` : `Created new section ${section}.\n`,
    );
    const missing = wanted.filter((section) => !ini.entries.has(section));
    const changes = setIniOptions(ini, new Map(missing.map((section) => [section, new Map()])));
    return iniOutcome({ path: name, ini, lines, changes });
  },
});
