import { isDict, pythonTypeName, type Dict, type Value } from '@brine/common';
import { isFalsy } from '../../renderers/render-yaml.ts';
import { sourceFault } from './source-fault.ts';

/** What a source gave, as pillar: nothing when it is empty. `said` leads the error for anything but a dict. */
export function pillarOf(value: Value, said: string): Dict | undefined {
  if (isFalsy(value)) return undefined;
  if (isDict(value)) return value;
  throw sourceFault(`${said} a ${pythonTypeName(value)} where a dictionary belongs`);
}
