import type { Dict, Value } from '@brine/common';

/** The keys of the master's configuration that a minion works by: how its tree is read and its states are run. */
export const sharedKeys = [
  ...['state_top', 'default_top', 'env_order', 'top_file_merging_strategy', 'saltenv', 'pillarenv', 'nodegroups'],
  ...['renderer', 'jinja_env', 'jinja_sls_env', 'jinja_trim_blocks', 'jinja_lstrip_blocks', 'hash_type', 'failhard'],
  ...['state_auto_order', 'state_aggregate', 'state_verbose', 'state_output', 'state_output_diff', 'state_tabular'],
] as const;

/** What `minion.hello` answers of the master's configuration. */
export function sharedOptions(options: Dict): Dict {
  const shared = sharedKeys
    .filter((key) => options.has(key))
    .map((key): [Value, Value] => [key, options.get(key) ?? null]);
  return new Map<Value, Value>(shared);
}
