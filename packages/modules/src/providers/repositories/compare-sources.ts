import type { Plain } from '@brine/common';
import type { FoundSource } from './apt-files.ts';
import { writeAptSource, type AptSource } from './apt-source.ts';

/** What is to change of a line: values of Salt's names, old and new. The order of components and options does not count. */
export function compareSources(found: Pick<FoundSource, 'line' | 'source'>, wanted: AptSource): Record<string, Plain> {
  const { source } = found;
  const changes: Record<string, Plain> = {};
  const note = (key: string, old: Plain, now: Plain): void => {
    if (JSON.stringify(sorted(old)) !== JSON.stringify(sorted(now))) changes[key] = { old, new: now };
  };
  note('comps', [...source.components], [...wanted.components]);
  note('disabled', source.isDisabled, wanted.isDisabled);
  note('dist', source.dist, wanted.dist);
  note('uri', source.uri, wanted.uri);
  if (essence(source) !== essence(wanted)) note('line', found.line, writeAptSource(wanted));
  note('architectures', architecturesOf(source), architecturesOf(wanted));
  note('signedby', source.options.get('signed-by') ?? '', wanted.options.get('signed-by') ?? '');
  return changes;
}

function sorted(value: Plain): Plain {
  return Array.isArray(value) ? value.map(String).toSorted() : value;
}

function architecturesOf({ options }: AptSource): string[] {
  return options.get('arch')?.split(',') ?? [];
}

/** What counts of a line: the order of its components, architectures and options does not. */
function essence(source: AptSource): string {
  const options = Array.from(source.options, ([key, value]) => `${key}=${value.split(',').toSorted().join(',')}`);
  const components = source.components.toSorted();
  return writeAptSource({ ...source, components, options: new Map([['all', options.toSorted().join(' ')]]) });
}
