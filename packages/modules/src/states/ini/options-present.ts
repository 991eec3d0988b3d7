import { isDict, pythonStr, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, dict, flag, optional, text, withDefault } from '../../kit/index.ts';
import { iniOutcome, readIniFile } from '../../providers/files/ini-state.ts';
import { editIni, readIni } from '../../providers/text/ini-text.ts';

/** `ini.options_present` */
export const optionsPresent = defineState({
  name: 'ini.options_present',
  summary: 'Keeps options of an ini file at their values.',
  args: z.object({
    name: text().describe('Absolute path of the file.'),
    sections: optional(dict()).describe('Section to options; options outside of any section stand beside them.'),
    separator: withDefault(text(), '=').describe('What stands between an option and its value.'),
    strict: withDefault(flag(), false).describe('Whether options that are not named are removed from their sections.'),
  }),
  examples: [
    `/etc/php/8.2/cli/php.ini:
  ini.options_present:
    - sections:
        PHP:
          memory_limit: 256M`,
  ],
  async check({ name, sections, separator, strict }, { host }) {
    const before = await readIniFile(host, name);
    const current = readIni(before, { separator });
    const edits = new Map<string, Map<string, string | undefined>>();
    const [changes, lines]: [Record<string, Plain>, string[]] = [{}, []];
    for (const [section, options] of bySection(sections ?? new Map())) {
      const known = current.get(section) ?? new Map<string, string>();
      const spare = strict ? [...known.keys()].filter((key) => !options.has(key)) : [];
      const wanted = new Map<string, string | undefined>([
        ...options,
        ...spare.map((key) => [key, undefined] as const),
      ]);
      const differing = [...wanted].filter(([key, value]) => known.get(key) !== value);
      if (differing.length === 0) continue;
      edits.set(section, new Map(differing));
      const rows = differing.map(
        ([key, value]) => [key, { before: known.get(key) ?? null, after: value ?? null }] as const,
      );
      if (section === '') Object.assign(changes, Object.fromEntries(rows));
      else changes[section] = Object.fromEntries(rows);
      const place = section === '' ? '' : ` in section ${section}`;
      lines.push(
        ...differing.map(([key, value]) => `${value === undefined ? 'Removed' : 'Changed'} key ${key}${place}.`),
      );
    }
    const edited = edits.size === 0 ? before : editIni(before, edits, { separator });
    return iniOutcome({ path: name, text: before, edited, pending: lines.join('\n'), changes });
  },
});

function bySection(sections: Dict): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const result = new Map<string, Map<string, string>>();
  for (const [name, body] of sections) {
    if (isDict(body))
      result.set(pythonStr(name), new Map(Array.from(body, ([key, value]) => [pythonStr(key), pythonStr(value)])));
    else {
      const top = result.get('') ?? new Map<string, string>();
      result.set('', top.set(pythonStr(name), pythonStr(body)));
    }
  }
  return result;
}
