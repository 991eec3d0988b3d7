import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';

const defaults = 'DEFAULT';

/**
 * Writes sections as Python's `configparser` does: names of options in lower case, those of `[DEFAULT]` first, further
 * lines of a value indented. Throws `text-edit` when the data is not a dict of dicts, or where that refuses a value.
 */
export function writeSections(value: Value): string {
  if (!isDict(value)) throw refuse('sections are written from a dict of dicts');
  const sections = [...value].map(([name, options]) => [pythonStr(name), readOptions(name, options)] as const);
  const isDefault = ([name]: readonly [string, unknown]): boolean => name === defaults;
  const ordered = [...sections.filter(isDefault), ...sections.filter((section) => !isDefault(section))];
  const blocks = ordered.map(([name, options]) => {
    const rows = [...options].map(([key, text]) => `${key} = ${text.replaceAll('\n', '\n\t')}\n`);
    return `[${name}]\n${rows.join('')}\n`;
  });
  return blocks.join('');
}

function readOptions(name: Value, options: Value): Map<string, string> {
  if (!isDict(options)) throw refuse(`section ${pythonStr(name)} is not a dict of options`);
  return new Map([...options].map(([key, item]) => [pythonStr(key).toLowerCase(), optionText(key, item)]));
}

function optionText(key: Value, item: Value): string {
  const text = item === null ? undefined : pythonStr(item);
  if (text === undefined) throw refuse(`option ${pythonStr(key)} has no value`);
  // Python would take a lone % for the start of a reference to another option.
  if (/%/.test(text.replace(/%%|%\([^)]+\)s/g, ''))) throw refuse(`a % in option ${pythonStr(key)} has to be doubled`);
  return text;
}

/** Reads sections as Python's `configparser` does; options of `[DEFAULT]` are in all of them. Throws `text-edit`. */
export function readSections(text: string): Dict {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let option: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[(.+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      section = openSection(sections, header, index + 1);
      option = undefined;
    } else if (section === undefined) {
      throw refuse(`line ${index + 1} is in no section`);
    } else if (/^\s/.test(line) && option !== undefined) {
      section.set(option, `${section.get(option) ?? ''}\n${line.trim()}`);
    } else {
      option = readOption(section, line, index + 1);
    }
  }
  return toDict(sections);
}

function openSection(sections: Map<string, Map<string, string>>, name: string, line: number): Map<string, string> {
  if (sections.has(name)) throw refuse(`section ${name} occurs again in line ${line}`);
  const section = new Map<string, string>();
  sections.set(name, section);
  return section;
}

function readOption(section: Map<string, string>, line: string, number: number): string {
  const [, name, value] = /^\s*([^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
  if (name === undefined || name === '') throw refuse(`line ${number} is no option`);
  const option = name.toLowerCase();
  if (section.has(option)) throw refuse(`option ${option} occurs again in line ${number}`);
  section.set(option, value ?? '');
  return option;
}

function toDict(sections: ReadonlyMap<string, ReadonlyMap<string, string>>): Dict {
  const common = [...(sections.get(defaults) ?? [])];
  const named = [...sections].filter(([name]) => name !== defaults);
  return new Map(
    named.map(([name, options]): [Value, Value] => [name, new Map<Value, Value>([...common, ...options])]),
  );
}

function refuse(message: string): AppError {
  return new AppError({ code: 'text-edit', message });
}
