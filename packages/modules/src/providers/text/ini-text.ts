/** Options of one section: name → value, `undefined` to remove it. The section `''` is the part before all others. */
export type IniEdits = ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;

/** How options are written. */
export interface IniStyle {
  readonly separator: string;
}

interface Section {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Reads an ini file: section → option → value. */
export function readIni(text: string, style: IniStyle): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  for (const { name, lines } of split(text)) {
    const options = sections.get(name) ?? new Map<string, string>();
    sections.set(name, options);
    for (const line of lines) {
      const option = readOption(line, style);
      if (option !== undefined) options.set(option.key, option.value);
    }
  }
  return sections;
}

/** Sets and removes options, leaving everything else as it is; new options go to the end of their section. */
export function editIni(text: string, edits: IniEdits, style: IniStyle): string {
  const sections = split(text);
  const known = new Set(sections.map(({ name }) => name));
  const edited = sections.map((section) => editSection(section, edits.get(section.name) ?? new Map(), style));
  const added = [...edits]
    .filter(([name]) => !known.has(name))
    .map(([name, options]) => newSection(name, options, style));
  return added.reduce(join, edited.map(({ lines }) => lines.map((line) => `${line}\n`).join('')).join(''));
}

/** Removes whole sections. */
export function removeSections(text: string, names: readonly string[]): string {
  const left = split(text).filter(({ name }) => !names.includes(name));
  return left.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join('');
}

function split(text: string): readonly Section[] {
  const sections: { name: string; lines: string[] }[] = [{ name: '', lines: [] }];
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  for (const line of lines) {
    const heading = /^\s*\[(.+)\]\s*(?:[#;].*)?$/.exec(line)?.[1];
    if (heading === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ name: heading, lines: [line] });
  }
  return sections;
}

function readOption(
  line: string,
  { separator }: IniStyle,
): { readonly key: string; readonly value: string } | undefined {
  if (/^\s*[#;[]/.test(line)) return undefined;
  const at = line.indexOf(separator);
  if (at <= 0 && separator.trim() !== '') return undefined;
  const key = (at < 0 ? line : line.slice(0, at)).trim();
  return key === '' || at < 0 ? undefined : { key, value: line.slice(at + separator.length).trim() };
}

function editSection(section: Section, options: ReadonlyMap<string, string | undefined>, style: IniStyle): Section {
  const left = new Map(options);
  const lines = section.lines.flatMap((line) => {
    const key = readOption(line, style)?.key;
    if (key === undefined || !options.has(key)) return [line];
    const value = options.get(key);
    left.delete(key);
    return value === undefined ? [] : [writeOption(key, value, style)];
  });
  const added = [...left].flatMap(([key, value]) => (value === undefined ? [] : [writeOption(key, value, style)]));
  // Blank lines at the end separate sections, so new options go before them.
  let end = lines.length;
  while (end > 0 && (lines[end - 1] ?? '').trim() === '') end -= 1;
  return { ...section, lines: lines.toSpliced(end, 0, ...added) };
}

function writeOption(key: string, value: string, { separator }: IniStyle): string {
  return separator.trim() === '' ? `${key}${separator}${value}` : `${key} ${separator.trim()} ${value}`;
}

function newSection(name: string, options: ReadonlyMap<string, string | undefined>, style: IniStyle): string {
  const rows = [...options].flatMap(([key, value]) =>
    value === undefined ? [] : [`${writeOption(key, value, style)}\n`],
  );
  return `[${name}]\n${rows.join('')}`;
}

function join(text: string, section: string): string {
  if (text === '') return section;
  return `${text}${text.endsWith('\n\n') ? '' : '\n'}${section}`;
}
