import { isDict, type Dict, type Problem } from '@brine/common';
import type { MergedTop, TopEntry } from './merged-top.ts';
import { readSections, type TopSection } from './read-targets.ts';
import type { TopFiles } from './top-file.ts';
import { textSetting } from './top-input.ts';
import { errorAt } from './top-problem.ts';

type Merged = Map<string, Map<string, TopEntry>>;
type Sections = ReadonlyMap<string, readonly (readonly TopSection[])[]>;

/** Merges state top files by the configured `top_file_merging_strategy`. */
export function mergeStateTops({ files }: TopFiles, options: Dict, report: (problem: Problem) => void): MergedTop {
  const sections = new Map(
    [...files].map(
      ([saltenv, tops]) => [saltenv, tops.map((top) => readSections(top, { report, allowsEmpty: false }))] as const,
    ),
  );
  const strategy = textSetting(options, 'top_file_merging_strategy', 'merge');
  if (strategy === 'merge_all') return mergeAll(sections);
  if (strategy === 'same') return mergeSame(sections, options.get('default_top'), report);
  if (strategy !== 'merge') report(unknownStrategy(strategy));
  return mergeByBase(sections);
}

/** What the base top says about an environment counts; other top files speak only of environments it leaves out. */
function mergeByBase(sections: Sections): Merged {
  const merged: Merged = new Map();
  for (const section of (sections.get('base') ?? []).flat()) addSection(merged, section);
  for (const [saltenv, tops] of sections) {
    if (saltenv === 'base') continue;
    for (const top of tops) {
      const own = top.find((section) => section.saltenv === saltenv);
      if (own !== undefined && !merged.has(saltenv)) addSection(merged, own);
    }
  }
  return merged;
}

/** Each environment is taken from its own top file only, or from that of `default_top` when it has none. */
function mergeSame(sections: Sections, defaultTop: unknown, report: (problem: Problem) => void): Merged {
  const merged: Merged = new Map();
  if (typeof defaultTop !== 'string' || defaultTop === '') {
    const summary = "top_file_merging_strategy set to 'same', but no default_top configuration option was set";
    report(errorAt('top-invalid', summary));
    return merged;
  }
  for (const [saltenv, tops] of sections) {
    const own = tops.some((top) => top.length > 0) ? tops : (sections.get(defaultTop) ?? []);
    for (const section of own.flat()) if (section.saltenv === saltenv) addSection(merged, section);
  }
  return merged;
}

/** All sections of all top files count; the lists of one target are joined. */
function mergeAll(sections: Sections): Merged {
  const merged: Merged = new Map();
  for (const { saltenv, targets } of [...sections.values()].flat(2)) {
    const known = merged.get(saltenv) ?? new Map<string, TopEntry>();
    for (const [target, entry] of targets) {
      const earlier = known.get(target);
      known.set(target, earlier === undefined ? entry : joinEntries(earlier, entry));
    }
    merged.set(saltenv, known);
  }
  return merged;
}

function joinEntries(earlier: TopEntry, later: TopEntry): TopEntry {
  const match = later.names.findLast(isDict) ?? earlier.names.findLast(isDict);
  const first = earlier.names.filter((name) => typeof name === 'string');
  const added = later.names.filter((name) => typeof name === 'string' && !first.includes(name));
  return {
    names: [...(match === undefined ? [] : [match]), ...first, ...added],
    span: earlier.span,
    spanOf: (name) => (earlier.names.includes(name) ? earlier : later).spanOf(name),
  };
}

function addSection(merged: Merged, { saltenv, targets }: TopSection): void {
  const known = merged.get(saltenv) ?? new Map<string, TopEntry>();
  for (const [target, entry] of targets) known.set(target, entry);
  merged.set(saltenv, known);
}

function unknownStrategy(strategy: string): Problem {
  const summary = `top_file_merging_strategy ${strategy} does not exist; merge is used`;
  return { ...errorAt('top-invalid', summary), severity: 'warning', help: 'it is one of merge, merge_all and same' };
}
