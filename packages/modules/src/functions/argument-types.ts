import { isDict, isFloat, isInteger, pythonStr, pythonTypeName, type Dict, type Value } from '@brine/common';
import { z } from 'zod';

/** Any value, as it is. */
export function anyValue(): z.ZodType<Value> {
  return z.custom<Value>((value) => value !== undefined, 'is required');
}

/** Text; numbers and booleans are taken as Python writes them. */
export function text(): z.ZodType<string> {
  return converted((value) => {
    if (typeof value === 'string') return value;
    return isScalar(value) ? pythonStr(value) : undefined;
  }, 'text');
}

/** A whole number, or text that is one. */
export function integer(): z.ZodType<number> {
  return converted(toInteger, 'a whole number');
}

/** A number with or without a fraction, or text that is one. */
export function decimal(): z.ZodType<number> {
  return converted((value) => {
    if (typeof value === 'string') return /^\s*[-+]?(\d+\.?\d*|\.\d+)\s*$/.test(value) ? Number(value) : undefined;
    return isFloat(value) || isInteger(value) ? Number(value) : undefined;
  }, 'a number');
}

/** Yes or no: a boolean, a number, null (no), or one of the words YAML 1.1 has for them. */
export function flag(): z.ZodType<boolean> {
  return converted((value) => {
    if (value === null) return false;
    if (typeof value === 'boolean') return value;
    if (isFloat(value) || isInteger(value)) return Number(value) !== 0;
    return typeof value === 'string' ? flagWords.get(value.toLowerCase()) : undefined;
  }, 'true or false');
}

/** A dict. */
export function dict(): z.ZodType<Dict> {
  return converted((value) => (isDict(value) ? value : undefined), 'a dictionary');
}

/** A list. */
export function list(): z.ZodType<Value[]> {
  return converted((value) => (Array.isArray(value) ? value : undefined), 'a list');
}

/** A list of texts; a single one counts as a list of one. */
export function texts(): z.ZodType<string[]> {
  return converted((value) => toTexts(value, (single) => [single]), 'text or a list of texts');
}

/** A list of texts, or one text in which commas part them. */
export function commaTexts(): z.ZodType<string[]> {
  return converted(
    (value) => toTexts(value, (single) => (single === '' ? [] : single.split(',').map((part) => part.trim()))),
    'text or a list of texts',
  );
}

/** Permission bits in Salt's spelling: `644`, `'0644'` and 644 all mean octal 644. */
export function fileMode(): z.ZodType<number> {
  return converted((value) => {
    if (!isScalar(value)) return undefined;
    const digits = pythonStr(value).replace(/^0o/, '');
    return /^[0-7]{1,5}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
  }, "a file mode such as '0644'");
}

const flagWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
  ['none', false],
  ['', false],
]);

function converted<T>(convert: (value: Value) => T | undefined, expected: string): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const result = value === undefined ? undefined : convert(value as Value);
    if (result !== undefined) return result;
    const found = value === undefined ? 'nothing' : `${pythonTypeName(value as Value)}`;
    context.addIssue({ code: 'custom', message: `must be ${expected}, not ${found}` });
    return z.NEVER;
  });
}

function toInteger(value: Value): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string') return /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : undefined;
  const number = Number(value);
  return (isInteger(value) || isFloat(value)) && Number.isSafeInteger(number) ? number : undefined;
}

function toTexts(value: Value, split: (single: string) => string[]): string[] | undefined {
  if (Array.isArray(value)) return value.every(isScalar) ? value.map(pythonStr) : undefined;
  return isScalar(value) ? split(pythonStr(value)) : undefined;
}

function isScalar(value: Value): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isInteger(value) || isFloat(value);
}
