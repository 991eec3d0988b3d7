import { pythonStr } from '../python-repr.ts';
import { isDict, isFloat, isInteger, ValueSet, type Dict, type Value } from '../value.ts';

/** How texts and numbers are redacted. */
export interface Redaction {
  text(text: string): string;
  /** What stands for a number that is a secret; `undefined` for any other. */
  number(written: string): string | undefined;
}

/** A copy of a value, redacted in texts, keys, numbers and bytes. */
export function redactValue(value: Value, redaction: Redaction): Value {
  if (typeof value === 'string') return redaction.text(value);
  // Decrypted text that YAML then read as a number is still the secret.
  if (isInteger(value) || isFloat(value)) return redaction.number(pythonStr(value)) ?? value;
  if (value instanceof Uint8Array) return redactBytes(value, redaction);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redaction));
  return isDict(value) ? redactDict(value, redaction) : value;
}

function redactBytes(value: Uint8Array, redaction: Redaction): Value {
  const read = Buffer.from(value).toString('utf8');
  const redacted = redaction.text(read);
  return redacted === read ? value : redacted;
}

function redactDict(dict: Dict, redaction: Redaction): Dict {
  const redacted: Dict = dict instanceof ValueSet ? new ValueSet() : new Map();
  for (const [key, item] of dict) {
    redacted.set(freeKey(redacted, redactValue(key, redaction)), redactValue(item, redaction));
  }
  return redacted;
}

/** Two keys may differ only in how they write a secret; neither entry may be lost. */
function freeKey(dict: Dict, key: Value): Value {
  if (!dict.has(key)) return key;
  let number = 2;
  while (dict.has(`${pythonStr(key)} (${number})`)) number += 1;
  return `${pythonStr(key)} (${number})`;
}
