import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { absolutePath, defineState, dict, flag, optional, text, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import {
  parseIni,
  removeIniOptions,
  setIniOptions,
  showIni,
  type IniSection,
} from '../../providers/text/ini-document.ts';

/** `ini.options_present` */
export const optionsPresent = defineState({
  name: 'ini.options_present',
  summary: 'Keeps options of an ini file at their values.',
  args: z.object({
    name: absolutePath().describe('Absolute path of the file.'),
    sections: optional(dict()).describe('Section to options; options outside of any section stand beside them.'),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
    strict: withDefault(flag(), false).describe(
      'Whether options that are not named are removed from the sections that are named, and from above all sections.',
    ),
  }),
  examples: [
    `/etc/php/8.2/cli/php.ini:
  ini.options_present:
    - sections:
        PHP:
          memory_limit: 256M`,
  ],
  async check({ name, sections, separator, strict }, { host }) {
    const wanted: Dict = sections ?? new Map();
    const ini = parseIni(await readIniFile(host, name), separator);
    const top: Dict = new Map([...wanted].filter(([, body]) => !isDict(body)));
    const lines = tellOptions(ini, top, '');
    const changes = setIniOptions(ini, top);
    if (strict && wanted.size > 0) {
      const removed = removeSpare(ini, top);
      lines.push(...[...removed.keys()].map((key) => `Removed key ${pythonStr(key)}.\n`));
      for (const [key, change] of removed) changes.set(key, change);
    }
    for (const [key, body] of wanted) {
      if (!isDict(body)) continue;
      const section = ini.entries.get(pythonStr(key));
      const held = typeof section === 'object' ? section : undefined;
      const place = ` in section ${pythonStr(key)}`;
      const removed: Dict = strict && held !== undefined ? removeSpare(held, body) : new Map();
      lines.push(...[...removed.keys()].map((option) => `Deleted key ${pythonStr(option)}${place}.\n`));
      lines.push(...tellOptions(held, body, place));
      const set = setIniOptions(ini, new Map([[key, body]])).get(pythonStr(key));
      const both: Dict = new Map([...removed, ...(isDict(set) ? set : [])]);
      if (both.size > 0) changes.set(key, both);
    }
    return iniOutcome({ path: name, ini, lines, changes });
  },
});

/** Takes away what is not wanted: option to before and after. */
function removeSpare(section: IniSection, wanted: Dict): Dict {
  const kept = new Set([...wanted.keys()].map((key) => pythonStr(key)));
  const options = [...section.entries].filter(([key, entry]) => typeof entry === 'string' && !key.startsWith('#'));
  const spare = options.map(([key]) => key).filter((key) => !kept.has(key));
  const changes = Array.from(removeIniOptions(section, spare), ([key, before]): [Value, Value] => [
    key,
    new Map<Value, Value>([
      ['before', before],
      ['after', null],
    ]),
  ]);
  return new Map(changes);
}

function tellOptions(section: IniSection | undefined, wanted: Dict, place: string): string[] {
  return Array.from(wanted, ([key, value]) => {
    const entry = section?.entries.get(pythonStr(key));
    const isSame = entry !== undefined && pythonStr(showIni(entry)) === pythonStr(value);
    return `${isSame ? 'Unchanged' : 'Changed'} key ${pythonStr(key)}${place}.\n`;
  });
}
