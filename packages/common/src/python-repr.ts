import { formatFloat } from './format-float.ts';
import { Float, ValueSet, type Value } from './value.ts';

/** Writes a value as Python's `str` does: text as it is, everything else as {@link pythonRepr}. */
export function pythonStr(value: Value): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** Writes a value as Python's `repr` does: `None`, `True`, `1.0`, `'it'`, `[1, 'a']`, `{'k': 1}`, `b'\x00'`. */
export function pythonRepr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return reprText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isInteger(value) ? String(BigInt(value)) : formatFloat(value);
  return reprObject(value);
}

function reprObject(value: Float | Uint8Array | Value[] | Map<Value, Value>): string {
  if (value instanceof Float) return formatFloat(value.value);
  if (value instanceof Uint8Array) return reprBytes(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (value instanceof ValueSet) return reprSet(value);
  const members = Array.from(value, ([key, item]) => `${pythonRepr(key)}: ${pythonRepr(item)}`);
  return `{${members.join(', ')}}`;
}

function reprSet(set: ValueSet): string {
  return set.size === 0 ? 'set()' : `{${Array.from(set.keys(), pythonRepr).join(', ')}}`;
}

const namedEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // Python prints as they are all characters but the "other" and "separator" categories, and the blank.
  const escaped = text.replace(/[\\'"]|[\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return namedEscapes[character] ?? escapeCodePoint(character.codePointAt(0) ?? 0);
  });
  return quote + escaped + quote;
}

function escapeCodePoint(codePoint: number): string {
  const digits = codePoint.toString(16);
  if (codePoint <= 0xff) return `\\x${digits.padStart(2, '0')}`;
  return codePoint <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

function reprBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  let body = '';
  for (const byte of bytes) body += reprByte(byte, quote);
  return `b${quote}${body}${quote}`;
}

function reprByte(byte: number, quote: string): string {
  const character = String.fromCharCode(byte);
  if (character === quote) return `\\${character}`;
  const named = namedEscapes[character];
  if (named !== undefined) return named;
  return byte >= 0x20 && byte < 0x7f ? character : escapeCodePoint(byte);
}
