import { Float } from '@brine/common';
import { PythonObject, type RuntimeValue } from './runtime-value.ts';

/** Whether Python takes a value for true. */
export function isTrue(value: RuntimeValue): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value) || Number.isNaN(value);
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (value instanceof PythonObject) return value.isTrue();
  return value instanceof Float ? value.value !== 0 : value.length > 0;
}
