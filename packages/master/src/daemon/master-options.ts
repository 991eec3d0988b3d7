import { isDict, toValue, type Dict, type Plain } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';

/** The configuration under Salt's key names, with the version of Brine. */
export function toOptions({ config, version }: { readonly config: MasterConfig; readonly version: string }): Dict {
  const options = toValue(config as unknown as Plain) as Dict;
  return options.set('brine_version', version);
}

/** A mapping of the configuration; an empty one where there is none. */
export function dictOption(options: Dict, key: string): Dict {
  const value = options.get(key);
  return isDict(value) ? value : new Map();
}
