import type { ReadHost } from '../../kit/index.ts';
import { readSourceLines } from './apt-files.ts';
import { isSameEntry, type AptSource } from './apt-source.ts';

/** A stanza of a file of the newer form (deb822, `.sources`) and the lines it takes up, the end not included. */
export interface Stanza {
  readonly start: number;
  readonly end: number;
  /** Names in small letters → values. */
  readonly fields: ReadonlyMap<string, string>;
}

const optionFields: readonly (readonly [option: string, field: string])[] = [
  ['arch', 'Architectures'],
  ['signed-by', 'Signed-By'],
  ['trusted', 'Trusted'],
  ['lang', 'Languages'],
  ['target', 'Targets'],
  ['check-valid-until', 'Check-Valid-Until'],
  ['valid-until-max', 'Valid-Until-Max'],
  ['by-hash', 'By-Hash'],
  ['pdiffs', 'PDiffs'],
  ['allow-insecure', 'Allow-Insecure'],
  ['allow-weak', 'Allow-Weak'],
];
// Lists in these options are joined by commas, in the fields by spaces.
const lists = new Set(['arch', 'lang', 'target']);

/** The stanzas of such a file. */
export function readStanzas(lines: readonly string[]): readonly Stanza[] {
  const stanzas: Stanza[] = [];
  for (let start = 0; start < lines.length;) {
    let end = start;
    while (end < lines.length && lines[end]?.trim() !== '') end += 1;
    const fields = readFields(lines.slice(start, end));
    if (fields.size > 0) stanzas.push({ start, end, fields });
    start = end + 1;
  }
  return stanzas;
}

function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of lines) {
    if (line.startsWith('#')) continue;
    const [, key, value = ''] = /^([^\s:]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined) fields.set((last = key.toLowerCase()), value.trim());
    else if (last !== undefined && /^\s/.test(line)) fields.set(last, `${fields.get(last)}\n${line.trim()}`.trim());
  }
  return fields;
}

/** The source a stanza is about; `undefined` when it is about several, or none. */
export function sourceOfStanza({ fields }: Stanza): AptSource | undefined {
  const words = (name: string): readonly string[] =>
    (fields.get(name) ?? '').split(/\s+/).filter((word) => word !== '');
  const [types, uris, suites] = [words('types'), words('uris'), words('suites')];
  const [[type], [uri], [dist]] = [types, uris, suites];
  if (types.length !== 1 || uris.length !== 1 || suites.length !== 1) return undefined;
  if ((type !== 'deb' && type !== 'deb-src') || uri === undefined || dist === undefined) return undefined;
  const options = optionFields.flatMap(([option, field]): [string, string][] => {
    const value = fields.get(field.toLowerCase());
    if (value === undefined) return [];
    return [[option, lists.has(option) ? value.split(/\s+/).join(',') : value]];
  });
  const isDisabled = /^(?:no|false|off|without|disable|0)$/i.test(fields.get('enabled') ?? '');
  return { type, options: new Map(options), uri, dist, components: words('components'), isDisabled, comment: '' };
}

/** Writes a source as a stanza; an option that has no field keeps its name. */
export function writeStanza(source: AptSource): readonly string[] {
  const options = Array.from(source.options, ([option, value]) => {
    const field = optionFields.find(([name]) => name === option)?.[1] ?? option;
    return `${field}: ${lists.has(option) ? value.split(',').join(' ') : value}`;
  });
  return [
    ...(source.comment === '' ? [] : [`# ${source.comment}`]),
    ...(source.isDisabled ? ['Enabled: no'] : []),
    `Types: ${source.type}`,
    `URIs: ${source.uri}`,
    `Suites: ${source.dist}`,
    ...(source.components.length === 0 ? [] : [`Components: ${source.components.join(' ')}`]),
    ...options,
  ];
}

/** What a `.sources` file is once a repository is gone from it. */
export interface Pruned {
  readonly file: string;
  readonly left: readonly string[];
}

/** The `.sources` files that have stanzas about a repository, without these or their components. */
export async function pruneStanzas(host: ReadHost, unwanted: AptSource): Promise<readonly Pruned[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = ((await host.files.list(folder)) ?? []).filter((name) => name.endsWith('.sources'));
  const all = names.map(async (name): Promise<readonly Pruned[]> => {
    const file = `${folder}/${name}`;
    const lines = await readSourceLines(host, file);
    const left = withoutStanzas(lines, unwanted);
    return left.length === lines.length && left.every((line, index) => line === lines[index]) ? [] : [{ file, left }];
  });
  return (await Promise.all(all)).flat();
}

function withoutStanzas(lines: readonly string[], unwanted: AptSource): readonly string[] {
  let left = lines;
  for (const stanza of readStanzas(lines).toReversed()) {
    const source = sourceOfStanza(stanza);
    if (source === undefined || !isSameEntry(source, unwanted)) continue;
    const components = source.components.filter((one) => !unwanted.components.includes(one));
    const isWhole = unwanted.components.length === 0 || components.length === 0;
    // With a stanza goes the empty line behind it.
    left = isWhole
      ? left.toSpliced(stanza.start, stanza.end - stanza.start + 1)
      : left.toSpliced(stanza.start, stanza.end - stanza.start, ...writeStanza({ ...source, components }));
  }
  return left;
}
