import { Float } from '@brine/common';
import { PythonObject, type RuntimeValue } from './runtime-value.ts';

/** The name of a value's type, as Python's messages give it. */
export function typeName(value: RuntimeValue): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'object') return objectTypeName(value);
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isInteger(value) ? 'int' : 'float';
}

function objectTypeName(value: Exclude<RuntimeValue, null | boolean | number | bigint | string>): string {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'dict';
  if (value instanceof PythonObject) return value.typeName;
  return value instanceof Float ? 'float' : 'bytes';
}

/** A value as Jinja names it in messages about missing attributes: `dict object`, `None`. */
export function describeOwner(value: RuntimeValue): string {
  return value === null ? 'None' : `${typeName(value)} object`;
}
