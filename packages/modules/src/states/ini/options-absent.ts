import { isDict, pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, dict, optional, text, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { editIni, readIni } from '../../providers/text/ini-text.ts';

/** `ini.options_absent` */
export const optionsAbsent = defineState({
  name: 'ini.options_absent',
  summary: 'Keeps options out of an ini file.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    sections: optional(dict()).describe('Section to a list of options.'),
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
    const before = await readIniFile(host, name);
    const current = readIni(before, { separator });
    const edits = new Map<string, Map<string, undefined>>();
    const [changes, lines]: [Record<string, Plain>, string[]] = [{}, []];
    for (const [key, body] of sections ?? []) {
      const isTop = !Array.isArray(body) && !isDict(body);
      const section = isTop ? '' : pythonStr(key);
      const options = isTop ? [pythonStr(key)] : isDict(body) ? [...body.keys()].map(pythonStr) : body.map(pythonStr);
      const known = current.get(section);
      const present = options.filter((option) => known?.has(option) === true);
      if (present.length === 0) continue;
      edits.set(
        section,
        new Map([...(edits.get(section) ?? []), ...present.map((option) => [option, undefined] as const)]),
      );
      const rows = present.map((option) => [option, known?.get(option) ?? null] as const);
      if (isTop) Object.assign(changes, Object.fromEntries(rows));
      else changes[section] = Object.fromEntries(rows);
      lines.push(...present.map((option) => `Deleted key ${option}${isTop ? '' : ` in section ${section}`}.`));
    }
    const edited = edits.size === 0 ? before : editIni(before, edits, { separator });
    return iniOutcome({ path: name, text: before, edited, pending: lines.join('\n'), changes });
  },
});
