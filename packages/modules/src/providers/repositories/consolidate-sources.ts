import type { Plain } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { mainSourcesList, readAptSources, type FoundSource } from './apt-files.ts';
import { writeAptSource, type AptSource } from './apt-source.ts';

/** All one-line sources of a machine as one list: each repository once, with the components of all its lines. */
export interface ConsolidatedSources {
  readonly sources: readonly AptSource[];
  /** The files whose lines come into the main list, and which go. */
  readonly files: readonly string[];
}

/** Looks at what consolidating the sources of a machine comes to; `emptied` is a file whose lines do not count. */
async function consolidateSources(host: ReadHost, emptied?: string): Promise<ConsolidatedSources> {
  const found = await readAptSources(host);
  const files = [...new Set(found.map(({ file }) => file))].filter((file) => file !== mainSourcesList);
  return { sources: mergeSources(found.filter(({ file }) => file !== emptied)), files };
}

// What differs in an option (its key, its architectures) is another repository, as are lines that are switched off.
function mergeSources(found: readonly FoundSource[]): readonly AptSource[] {
  const merged = new Map<string, AptSource>();
  for (const { source } of found) {
    const { type, uri, dist, isDisabled } = source;
    const key = JSON.stringify([type, uri, dist, isDisabled, writeOptions(source)]);
    const first = merged.get(key) ?? source;
    merged.set(key, { ...first, components: [...new Set([...first.components, ...source.components])] });
  }
  return [...merged.values()];
}

function writeOptions({ options }: AptSource): string {
  return Array.from(options, ([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(' ');
}

/** A plan that also brings the one-line sources together, and tells the files that go. */
export async function withConsolidated<
  Plan extends { readonly context: { readonly host: ReadHost }; readonly changes: Readonly<Record<string, Plain>> },
>(plan: Plan, emptied?: string): Promise<Plan & { readonly consolidated: ConsolidatedSources }> {
  const consolidated = await consolidateSources(plan.context.host, emptied);
  const moved = consolidated.files.length === 0 ? {} : { consolidated: consolidated.files };
  return { ...plan, consolidated, changes: { ...plan.changes, ...moved } };
}

/** Writes the main list and removes the others. */
export async function storeConsolidated(machine: Host, { sources, files }: ConsolidatedSources): Promise<void> {
  const text = sources.map((source) => `${writeAptSource(source)}\n`).join('');
  await machine.files.write(mainSourcesList, Buffer.from(text));
  for (const file of files) await machine.files.remove(file);
}
