import { isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, argument, text, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { editIni, readIni } from '../../providers/text/ini-text.ts';

const sectionNames = argument<readonly string[]>('a dict or a list of sections', (value: Value) => {
  if (isDict(value)) return [...value.keys()].map((key) => pythonStr(key));
  return Array.isArray(value) ? value.map((key) => pythonStr(key)) : undefined;
});

/** `ini.sections_present` */
export const sectionsPresent = defineState({
  name: 'ini.sections_present',
  summary: 'Keeps sections in an ini file; what is in them stays.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    sections: sectionNames.describe('The sections.'),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
  }),
  examples: [
    `/etc/app.ini:
  ini.sections_present:
    - sections: [debug]`,
  ],
  async check({ name, sections, separator }, { host }) {
    const before = await readIniFile(host, name);
    const current = readIni(before, { separator });
    const missing = sections.filter((section) => !current.has(section));
    const changes = Object.fromEntries(missing.map((section) => [section, { before: null, after: {} }]));
    const pending = missing.map((section) => `Created new section ${section}.\n`).join('');
    const edits = new Map(missing.map((section) => [section, new Map<string, string | undefined>()]));
    const edited = missing.length === 0 ? before : editIni(before, edits, { separator });
    return iniOutcome({ path: name, text: before, edited, pending, changes });
  },
});
