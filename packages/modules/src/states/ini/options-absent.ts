import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { absolutePath, defineState, dict, optional, text, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { parseIni, removeIniOptions } from '../../providers/text/ini-document.ts';

/** `ini.options_absent` */
export const optionsAbsent = defineState({
  name: 'ini.options_absent',
  summary: 'Keeps options out of an ini file.',
  args: z.object({
    name: absolutePath().describe('Absolute path of the file.'),
    sections: optional(dict()).describe(
      'Section to a list of options; an option outside of any section stands beside them.',
    ),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
  }),
  examples: [
    `/etc/app.ini:
  ini.options_absent:
    - sections:
        server:
          - debug`,
  ],
  async check({ name, sections, separator }, { host }) {
    const ini = parseIni(await readIniFile(host, name), separator);
    const [changes, lines]: [Dict, string[]] = [new Map(), []];
    for (const [key, body] of sections ?? []) {
      const isTop = !Array.isArray(body) && !isDict(body);
      const section = isTop ? ini : ini.entries.get(pythonStr(key));
      const names = optionNames(key, body);
      const removed: Dict = typeof section === 'object' ? removeIniOptions(section, names) : new Map();
      const place = isTop ? '' : ` in section ${pythonStr(key)}`;
      for (const one of names)
        lines.push(removed.has(one) ? `Deleted key ${one}${place}.\n` : `Key ${one}${place} does not exist.\n`);
      if (isTop) for (const [option, value] of removed) changes.set(option, value);
      else if (removed.size > 0) changes.set(key, removed);
    }
    return iniOutcome({ path: name, ini, lines, changes });
  },
});

/** Options of a section; an option above all sections has no list of them. */
function optionNames(key: Value, body: Value): readonly string[] {
  if (isDict(body)) return [...body.keys()].map((one) => pythonStr(one));
  return (Array.isArray(body) ? body : [key]).map((one) => pythonStr(one));
}
