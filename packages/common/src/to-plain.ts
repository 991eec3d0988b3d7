import { pythonStr } from './python-repr.ts';
import { Float, isDict, type Value } from './value.ts';

/**
 * Turns a value into plain data for schemas and JSON APIs: dicts become null-prototype objects whose keys are
 * text (as Python's `str` writes them), floats become numbers. Bytes and bigints stay as they are.
 */
export function toPlain(value: Value): unknown {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isDict(value)) return value;
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of value) plain[pythonStr(key)] = toPlain(item);
  return plain;
}
