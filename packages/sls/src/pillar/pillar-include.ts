import { isDict, type Dict, type Value } from '@brine/common';

/** One entry of a pillar file's `include`. */
export interface PillarInclude {
  /** The name as an SLS or a glob, absolute. */
  readonly sls: string;
  /** Keys under which the included data goes. */
  readonly key: readonly string[];
  /** Variables for the included template; `undefined` when the entry names none. */
  readonly defaults: Dict | undefined;
}

/** Reads one entry of an include; a text says what is wrong with it. */
export function readPillarInclude(entry: Value, parent: { sls: string; isInit: boolean }): PillarInclude | string {
  if (typeof entry === 'string') return resolve(entry, parent, { key: [], defaults: undefined });
  const [name, settings] = onlyMember(entry);
  if (typeof name !== 'string' || !isDict(settings)) {
    return 'an include is the name of an SLS, or that name with the settings key and defaults below it';
  }
  const key = settings.get('key') ?? '';
  const defaults = settings.get('defaults') ?? new Map();
  if (typeof key !== 'string') return `the key of the include ${name} is not a text`;
  if (!isDict(defaults)) return `the defaults of the include ${name} are not a dictionary`;
  return resolve(name, parent, { key: key === '' ? [] : key.split(':'), defaults });
}

function onlyMember(entry: Value): readonly [Value?, Value?] {
  const [first = []] = isDict(entry) && entry.size === 1 ? entry : [];
  return first;
}

function resolve(
  name: string,
  { sls, isInit }: { sls: string; isInit: boolean },
  settings: Omit<PillarInclude, 'sls'>,
): PillarInclude | string {
  const dotted = name.replaceAll('/', '.');
  const dots = /^\.*/.exec(dotted)?.[0].length ?? 0;
  if (dots === 0) return { sls: dotted, ...settings };
  const parts = sls.split('.');
  // One dot is the folder of the file; each further one the folder above.
  const folder = isInit ? parts : parts.slice(0, -1);
  if (dots - 1 > folder.length) return `the include ${name} goes beyond the top of the pillar tree`;
  return { sls: [...folder.slice(0, folder.length - (dots - 1)), dotted.slice(dots)].join('.'), ...settings };
}
