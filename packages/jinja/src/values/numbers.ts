import { Float, toFloat } from '@brine/common';
import { limitFault } from '../template-fault.ts';
import type { RuntimeValue } from './runtime-value.ts';

/** An int of any size; within ±(2^53−1) it is a number. */
export type PythonInt = number | bigint;

const mostHexDigits = 65_536;

/** Whether a value counts as an int in arithmetic: ints and booleans. */
export function isIntLike(value: RuntimeValue): value is number | bigint | boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return typeof value === 'bigint' || typeof value === 'boolean';
}

/** Whether a value is a float. */
export function isFloatLike(value: RuntimeValue): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
}

export function isNumeric(value: RuntimeValue): value is number | bigint | boolean | Float {
  return typeof value === 'number' || isIntLike(value) || value instanceof Float;
}

export function toInt(value: number | bigint | boolean): PythonInt {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The value of a number as a JavaScript number; large ints lose digits, as in Python's floats. */
export function toNumber(value: number | bigint | boolean | Float): number {
  return value instanceof Float ? value.value : Number(value);
}

/** A bigint as a value: a number where it fits. */
export function fromBigint(value: bigint): PythonInt {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  if (value.toString(16).length > mostHexDigits) throw limitFault('an int has grown beyond 65,536 hexadecimal digits');
  return value;
}

/** The int that a whole JavaScript number, however large, stands for. */
export function fromWholeNumber(value: number): PythonInt {
  return Number.isSafeInteger(value) ? value + 0 : fromBigint(BigInt(value));
}

/** A JavaScript number as a Python float. */
export function fromFloat(value: number): number | Float {
  return toFloat(value);
}
