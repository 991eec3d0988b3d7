/** A repository of a `.repo` file: its id and options as text. */
export interface RepoSection {
  readonly id: string;
  readonly options: ReadonlyMap<string, string>;
}

const heading = /^\[([^\]]+)\]\s*$/;
const setting = /^([^\s=#;][^=]*?)\s*[=:]\s*(.*)$/;

/** Reads the sections of a `.repo` file; values that go on in indented lines keep their line breaks. */
export function readRepoSections(text: string): readonly RepoSection[] {
  const lines = text.split('\n');
  const ids = lines.map((line) => heading.exec(line)?.[1]);
  return ids.flatMap((id, start) => {
    if (id === undefined) return [];
    const end = ids.findIndex((other, index) => index > start && other !== undefined);
    return [{ id, options: readOptions(lines.slice(start + 1, end < 0 ? undefined : end)) }];
  });
}

function readOptions(lines: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  let last: string | undefined;
  for (const line of lines) {
    const [, key, value = ''] = setting.exec(line) ?? [];
    if (key !== undefined) options.set((last = key.toLowerCase()), value.trim());
    else if (last !== undefined && goesOn(line)) options.set(last, `${options.get(last) ?? ''}\n${line.trim()}`);
  }
  return options;
}

function goesOn(line: string): boolean {
  return /^\s+\S/.test(line);
}

type Wanted = ReadonlyMap<string, string | undefined>;

/** Sets options of a section where they stand, adds what is new at its end and takes off what is `undefined`. */
export function setRepoOptions(text: string, id: string, options: Wanted): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const range = findRange(lines, id);
  if (range === undefined) {
    const gap = lines.length === 0 || lines.at(-1) === '' ? [] : [''];
    return `${[...lines, ...gap, `[${id}]`, ...writeOptions(options)].join('\n')}\n`;
  }
  const edited = editSection(lines.slice(range.start + 1, range.end), options);
  return `${[...lines.slice(0, range.start + 1), ...edited, ...lines.slice(range.end)].join('\n')}\n`;
}

function writeOptions(options: Wanted): readonly string[] {
  return Array.from(options).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${value.replaceAll('\n', '\n ')}`],
  );
}

function editSection(lines: readonly string[], options: Wanted): readonly string[] {
  const left = new Map(options);
  const kept: string[] = [];
  let isReplacing = false;
  for (const line of lines) {
    const key = setting.exec(line)?.[1]?.toLowerCase();
    if (key === undefined && isReplacing && goesOn(line)) continue;
    isReplacing = key !== undefined && options.has(key);
    if (key === undefined || !isReplacing) kept.push(line);
    else if (left.has(key)) kept.push(...writeOptions(new Map([[key, left.get(key)]])));
    if (key !== undefined) left.delete(key);
  }
  const end = kept.findLastIndex((line) => line.trim() !== '') + 1;
  return kept.toSpliced(end, 0, ...writeOptions(left));
}

/** Takes a section off; `undefined` when nothing but it was in the file. */
export function removeRepoSection(text: string, id: string): string | undefined {
  const lines = text.replace(/\n$/, '').split('\n');
  const range = findRange(lines, id);
  if (range === undefined) return text;
  const rest = [...lines.slice(0, range.start), ...lines.slice(range.end)];
  return rest.some((line) => heading.test(line)) ? `${rest.join('\n').replace(/\n+$/, '')}\n` : undefined;
}

function findRange(lines: readonly string[], id: string): { readonly start: number; readonly end: number } | undefined {
  const start = lines.findIndex((line) => heading.exec(line)?.[1] === id);
  if (start < 0) return undefined;
  const next = lines.findIndex((line, index) => index > start && heading.test(line));
  return { start, end: next < 0 ? lines.length : next };
}
