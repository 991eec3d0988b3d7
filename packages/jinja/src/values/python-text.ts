import { Float, formatFloat, pythonRepr, ValueSet } from '@brine/common';
import { fault } from '../template-fault.ts';
import { Markup, PythonObject, Tuple, Undefined, type RuntimeValue } from './runtime-value.ts';

// Python refuses to write longer ints, because that takes quadratic time.
const longestInt = 4300;

/** Writes a value as Python's `str` does, which is how templates print. */
export function toText(value: RuntimeValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof PythonObject && !(value instanceof Tuple)) return value.toText();
  return repr(value);
}

/** Writes a value as Python's `repr` does. */
export function repr(value: RuntimeValue, ancestors: readonly RuntimeValue[] = []): string {
  if (typeof value === 'object' && value !== null) return reprObject(value, ancestors);
  if (typeof value === 'bigint') return reprBigint(value);
  return pythonRepr(value);
}

function reprBigint(value: bigint): string {
  const digits = value.toString();
  if (digits.length <= longestInt) return digits;
  throw fault(`Exceeds the limit (${longestInt} digits) for integer string conversion`);
}

function reprObject(value: object, ancestors: readonly RuntimeValue[]): string {
  if (Array.isArray(value)) return reprList(value as RuntimeValue[], ancestors);
  if (value instanceof Map) return reprDict(value as Map<RuntimeValue, RuntimeValue>, ancestors);
  if (value instanceof Tuple) return reprTuple(value, ancestors);
  if (value instanceof Markup) return `Markup(${pythonRepr(value.text)})`;
  if (value instanceof PythonObject) return value.repr();
  if (value instanceof Float) return formatFloat(value.value);
  return pythonRepr(value as Uint8Array);
}

function reprList(list: RuntimeValue[], ancestors: readonly RuntimeValue[]): string {
  if (ancestors.includes(list)) return '[...]';
  const inner = [...ancestors, list];
  return `[${list.map((item) => repr(item, inner)).join(', ')}]`;
}

function reprTuple(tuple: Tuple, ancestors: readonly RuntimeValue[]): string {
  const inner = [...ancestors, tuple];
  const members = tuple.items.map((item) => repr(item, inner));
  return members.length === 1 ? `(${members[0]},)` : `(${members.join(', ')})`;
}

function reprDict(dict: Map<RuntimeValue, RuntimeValue>, ancestors: readonly RuntimeValue[]): string {
  if (ancestors.includes(dict)) return '{...}';
  const inner = [...ancestors, dict];
  if (dict instanceof ValueSet) return reprSet([...dict.keys()], inner);
  // Salt prints the values of dicts with `str`, which an undefined refuses.
  const write = (item: RuntimeValue): string => (item instanceof Undefined ? item.toText() : repr(item, inner));
  const members = Array.from(dict, ([key, item]) => `${repr(key, inner)}: ${write(item)}`);
  return `{${members.join(', ')}}`;
}

function reprSet(members: readonly RuntimeValue[], ancestors: readonly RuntimeValue[]): string {
  return members.length === 0 ? 'set()' : `{${members.map((member) => repr(member, ancestors)).join(', ')}}`;
}
