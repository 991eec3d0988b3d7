import { isDict, mergeValues, type Dict, type Problem } from '@brine/common';
import { textSetting } from '../top/top-input.ts';
import { errorAt } from '../top/top-problem.ts';

/** Merges one part of a pillar over what there is; neither is changed. */
export type PillarMerge = (earlier: Dict, later: Dict) => Dict;

const strategies = ['recurse', 'overwrite', 'list', 'none', 'aggregate'] as const;

/** The merge that `pillar_source_merging_strategy`, `renderer` and `pillar_merge_lists` ask for. */
export function createPillarMerge(
  options: Dict,
  aggregated: WeakSet<object>,
  report: (problem: Problem) => void,
): PillarMerge {
  const mergeLists = options.get('pillar_merge_lists') === true;
  const chosen = textSetting(options, 'pillar_source_merging_strategy', 'smart');
  const strategy = chosen === 'smart' ? smartStrategy(textSetting(options, 'renderer', 'jinja|yaml')) : chosen;
  const known = strategies.find((name) => name === strategy);
  if (known === undefined) report(unknownStrategy(strategy));
  return (earlier, later) => {
    const merged = mergeValues(earlier, later, known ?? 'recurse', { mergeLists, aggregated });
    return isDict(merged) ? merged : later;
  };
}

function smartStrategy(renderer: string): string {
  const last = renderer.split('|').at(-1)?.trim();
  return last === 'yamlex' || renderer.startsWith('yamlex_') ? 'aggregate' : 'recurse';
}

function unknownStrategy(strategy: string): Problem {
  const summary = `pillar_source_merging_strategy ${strategy} does not exist; recurse is used`;
  return { ...errorAt('pillar-strategy', summary), severity: 'warning' };
}
