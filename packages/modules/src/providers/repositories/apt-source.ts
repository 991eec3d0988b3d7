/** One line of an apt sources list. */
export interface AptSource {
  readonly type: 'deb' | 'deb-src';
  /** `signed-by` → path and so on. */
  readonly options: ReadonlyMap<string, string>;
  readonly uri: string;
  readonly dist: string;
  readonly components: readonly string[];
  readonly isDisabled: boolean;
  /** What stands behind the line's `#`; empty without one. */
  readonly comment: string;
}

/** Reads a line such as `deb [signed-by=/k.gpg] http://host/debian stable main`; `undefined` for anything else. */
export function readAptSource(line: string): AptSource | undefined {
  const match = /^\s*(#\s*)?(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)\s*(?:#(.*))?$/.exec(
    line,
  );
  if (match === null) return undefined;
  const [, disabled, type, options = '', uri = '', dist = '', components = '', comment = ''] = match;
  if (!uri.includes(':')) return undefined;
  const pairs = options.split(/\s+/).filter((option) => option.includes('='));
  return {
    type: type === 'deb-src' ? 'deb-src' : 'deb',
    options: new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])),
    uri,
    dist,
    components: components.split(/\s+/).filter((component) => component !== ''),
    isDisabled: disabled !== undefined,
    comment: comment.trim(),
  };
}

/** Writes a source as a line, without a line break. */
export function writeAptSource({ type, options, uri, dist, components, isDisabled, comment }: AptSource): string {
  const pairs = Array.from(options, ([key, value]) => `${key}=${value}`).join(' ');
  const words = [type, pairs === '' ? '' : `[${pairs}]`, uri, dist, ...components, comment === '' ? '' : `#${comment}`];
  return (isDisabled ? '# ' : '') + words.filter((word) => word !== '').join(' ');
}

/** Whether two lines are about the same repository, whatever their components and options. */
export function isSameRepository(one: AptSource, other: AptSource): boolean {
  const bare = (uri: string): string => uri.replace(/\/+$/, '');
  return one.type === other.type && bare(one.uri) === bare(other.uri) && one.dist === other.dist;
}

/** Whether a line is where another belongs: the same repository, and a component of both unless one of them names none. */
export function isSameEntry(one: AptSource, other: AptSource): boolean {
  if (!isSameRepository(one, other)) return false;
  if (one.components.length === 0 || other.components.length === 0) return true;
  return one.components.some((component) => other.components.includes(component));
}
