import { isDict, pythonStr, type Dict, type Value } from '@brine/common';

/** A section of an INI file, or the whole of it: options, sections, and under names with `#` the lines between. */
export interface IniSection {
  /** What parts name and value. */
  separator: string;
  readonly entries: Map<string, string | IniSection>;
}

const commentLine = /^\s*(#|;)/;

/** Reads an INI file as Salt's `ini` module does: options above all sections belong to the whole. */
export function parseIni(text: string, separator = '='): IniSection {
  const parts = text.replace(/\r\n/g, '\n').split(/^[ \t]*\[(.+?)\][ \t]*$/m);
  const whole = parseSection(parts[0] ?? '', separator);
  for (let index = 1; index < parts.length; index += 2) {
    addSection(whole, parts[index] ?? '', parseSection(parts[index + 1] ?? '', separator));
  }
  return whole;
}

/** A section that comes twice is one; lines that are no options of it stay all. */
function addSection(whole: IniSection, name: string, section: IniSection): void {
  const known = whole.entries.get(name);
  if (typeof known !== 'object') whole.entries.set(name, section);
  else {
    for (const [key, entry] of section.entries)
      known.entries.set(key.startsWith('#') ? `${key}.${known.entries.size}` : key, entry);
  }
}

/** Writes an INI file as Salt does: a blank line before each section, separators set off by blanks. */
export function writeIni(whole: IniSection): string {
  return writeSection(whole).join('').replace(/^\n+/, '');
}

/**
 * Sets options and sections, and answers what changed: name → `{before, after}`, nested for sections there are. An
 * option that stands in a comment takes the place of the comment.
 */
export function setIniOptions(section: IniSection, wanted: Dict): Dict {
  const changes: Dict = new Map();
  for (const [key, value] of wanted) {
    const name = pythonStr(key);
    const current = section.entries.get(name);
    if (isDict(value)) setSection(section, { name, value, current }, changes);
    else if (current !== pythonStr(value)) {
      changes.set(name, change(current === undefined ? null : showIni(current), pythonStr(value)));
      if (current === undefined) placeOption(section, name);
      section.entries.set(name, pythonStr(value));
    }
  }
  return changes;
}

/** Removes options, and answers those that were there with their values. */
export function removeIniOptions({ entries }: IniSection, names: readonly string[]): Dict {
  const removed: Dict = new Map();
  for (const name of names) {
    const entry = entries.get(name);
    if (typeof entry === 'string' && entries.delete(name)) removed.set(name, entry);
  }
  return removed;
}

/** Options and sections as a dict, without the lines between. */
export function showIni(entry: string | IniSection): Value {
  if (typeof entry === 'string') return entry;
  const shown = Array.from(entry.entries).filter(([name]) => !name.startsWith('#'));
  return new Map(shown.map(([name, member]): [Value, Value] => [name, showIni(member)]));
}

interface SectionChange {
  readonly name: string;
  readonly value: Dict;
  readonly current: string | IniSection | undefined;
}

function setSection(parent: IniSection, { name, value, current }: SectionChange, changes: Dict): void {
  if (current !== undefined && typeof current !== 'string') {
    const nested = setIniOptions(current, value);
    if (nested.size > 0) changes.set(name, nested);
    return;
  }
  const added: IniSection = { separator: parent.separator, entries: new Map() };
  setIniOptions(added, value);
  parent.entries.set(name, added);
  changes.set(name, change(current ?? null, showIni(added)));
}

function change(before: Value, after: Value): Dict {
  return new Map([
    ['before', before],
    ['after', after],
  ]);
}

// Options keep their order in a Map, so one that takes a comment's place moves all that follow behind it.
function placeOption(section: IniSection, name: string): void {
  const all = Array.from(section.entries);
  const index = all.findIndex(([key, line]) => {
    if (!key.startsWith('#comment') || typeof line !== 'string') return false;
    return matchOption(line.replace(/^#+/, ''), section.separator)?.name === name;
  });
  if (index < 0) return;
  section.entries.clear();
  for (const [key, entry] of all.slice(0, index)) section.entries.set(key, entry);
  section.entries.set(name, '');
  for (const [key, entry] of all.slice(index + 1)) section.entries.set(key, entry);
}

interface OptionLine {
  readonly indent: string;
  readonly name: string;
  readonly value: string;
}

function matchOption(line: string, separator: string): OptionLine | undefined {
  const [, indent = '', name] = /^(\s*)(.*)$/s.exec(line) ?? [];
  const mark = name?.indexOf(separator) ?? -1;
  if (name === undefined || mark < 1) return undefined;
  return { indent, name: name.slice(0, mark).trimEnd(), value: name.slice(mark + separator.length).trimStart() };
}

function parseSection(text: string, separator: string): IniSection {
  const entries = new Map<string, string | IniSection>();
  const body = text.replace(/^\n+|\n+$/g, '');
  let [comments, unknowns, indent] = [0, 0, ''];
  let last: string | undefined;
  for (const line of body === '' ? [] : body.split('\n')) {
    const lineIndent = (/^\s+/.exec(line)?.[0] ?? '').replaceAll('\t', '    ');
    const option = matchOption(line, separator);
    if (commentLine.test(line)) entries.set(`#comment${(comments += 1)}`, line);
    else if (lineIndent > indent && last !== undefined) entries.set(last, `${showText(entries, last)}\n${line}`);
    else if (option !== undefined) {
      indent = option.indent.replaceAll('\t', '    ');
      last = option.name;
      entries.set(option.name, option.value);
    } else entries.set(`#unknown${(unknowns += 1)}`, line);
  }
  return { separator, entries };
}

function showText(entries: ReadonlyMap<string, string | IniSection>, name: string): string {
  const entry = entries.get(name);
  return typeof entry === 'string' ? entry : '';
}

function writeSection(section: IniSection): readonly string[] {
  const options: string[] = [];
  const sections: string[] = [];
  const mark = section.separator === ' ' ? ' ' : ` ${section.separator} `;
  for (const [name, entry] of section.entries) {
    if (typeof entry !== 'string') sections.push(`\n[${name}]\n`, ...writeSection(entry));
    else options.push(commentLine.test(name) ? `${entry}\n` : `${name}${mark}${entry}\n`);
  }
  return [...options, ...sections];
}
