import { isDict, type Problem, type Value } from '@brine/common';
import type { MergedTop, TopEntry } from './merged-top.ts';
import { readSections } from './read-targets.ts';
import type { TopFiles } from './top-file.ts';

/** Merged pillar top files. */
export interface MergedPillarTop {
  readonly top: MergedTop;
  /** Environment → names that a target with `ignore_missing` has. */
  readonly ignoredMissing: ReadonlyMap<string, ReadonlySet<string>>;
}

interface OrderedEntry extends TopEntry {
  readonly order: number;
}

/** Merges pillar top files: a target named again is replaced, and targets are sorted by their `order`. */
export function mergePillarTops({ files }: TopFiles, report: (problem: Problem) => void): MergedPillarTop {
  const merged = new Map<string, Map<string, OrderedEntry>>();
  const ignoredMissing = new Map<string, Set<string>>();
  const sections = [...files.values()].flat().flatMap((top) => readSections(top, { report, allowsEmpty: true }));
  for (const { saltenv, targets } of sections) {
    const known = merged.get(saltenv) ?? new Map<string, OrderedEntry>();
    const ignored = ignoredMissing.get(saltenv) ?? new Set<string>();
    for (const [target, entry] of targets) {
      known.set(target, { ...entry, order: orderOf(entry.names) });
      for (const name of missable(entry.names)) ignored.add(name);
    }
    merged.set(saltenv, known);
    ignoredMissing.set(saltenv, ignored);
  }
  const sorted = new Map(
    [...merged].map(([saltenv, targets]) => [
      saltenv,
      new Map([...targets].toSorted(([, first], [, second]) => first.order - second.order)),
    ]),
  );
  return { top: sorted, ignoredMissing };
}

function missable(names: readonly Value[]): string[] {
  const mayMiss = names.some((name) => isDict(name) && name.get('ignore_missing') === true);
  return mayMiss ? names.filter((name) => typeof name === 'string') : [];
}

function orderOf(names: readonly Value[]): number {
  const settings = names.filter((name) => isDict(name)).filter((name) => name.has('order'));
  const order = Number(settings.at(-1)?.get('order') ?? 0);
  return Number.isFinite(order) ? Math.trunc(order) : 0;
}
