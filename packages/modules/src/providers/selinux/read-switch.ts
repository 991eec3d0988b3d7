import { pythonStr, type Value } from '@brine/common';

/** `on` or `off` for the words that mean it; `undefined` for others. */
export function readSwitch(value: Value): 'on' | 'off' | undefined {
  const word = pythonStr(value).toLowerCase();
  if (['1', 'on', 'yes', 'true', 'enabled'].includes(word)) return 'on';
  return ['0', 'off', 'no', 'false', 'disabled'].includes(word) ? 'off' : undefined;
}
