import type { Dict } from '@brine/common';

/** Options that the master decides for all of its minions, whatever theirs say. */
const decidedByMaster = [
  'renderer',
  'failhard',
  'state_top',
  'nodegroups',
  'state_auto_order',
  'state_aggregate',
  'default_top',
  'env_order',
  'top_file_merging_strategy',
  'jinja_env',
  'jinja_sls_env',
  'jinja_lstrip_blocks',
  'jinja_trim_blocks',
] as const;

/** A minion's options with those of its master put over them. */
export function withMasterOptions(own: Dict, masters: Dict): Dict {
  const options: Dict = new Map(own);
  for (const key of decidedByMaster) {
    const value = masters.get(key);
    if (value !== undefined) options.set(key, value);
  }
  options.set('master_opts', masters);
  return options;
}
