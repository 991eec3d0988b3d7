import { Float, isDict, type Value } from '@brine/common';

/** Whether Python takes a value for true. */
export function truthy(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return false;
  if (value instanceof Float) return value.value !== 0;
  return !(Array.isArray(value) && value.length === 0) && !(isDict(value) && value.size === 0);
}
