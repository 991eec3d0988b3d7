import { Float, isDict, type Value } from '@brine/common';

/** Whether Python takes a value for true. */
export function isTruthy(value: Value | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (value instanceof Float) return value.value !== 0;
  if (Array.isArray(value)) return value.length > 0;
  if (isDict(value)) return value.size > 0;
  if (value instanceof Uint8Array) return value.length > 0;
  return Boolean(value);
}
