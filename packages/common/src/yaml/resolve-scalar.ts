import { toFloat, type Value } from '../value.ts';

// The forms of YAML 1.1 as PyYAML knows them (its resolver's patterns, written anew).
const boolForm = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const trueWords: ReadonlySet<string> = new Set(['yes', 'true', 'on']);
const falseWords: ReadonlySet<string> = new Set(['no', 'false', 'off']);
const nullForm = /^(?:~|null|Null|NULL|)$/;
const intForm =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const floatForm =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** The kinds a plain scalar without a tag can be. */
export type ScalarKind = 'null' | 'bool' | 'int' | 'float' | 'str';

/** What PyYAML takes an unquoted scalar for. */
export function scalarKind(text: string): ScalarKind {
  // Most scalars are words that cannot be anything else: settle those by their first letter.
  if (!/^[-+.0-9~nNyYtTfFoO]|^$/.test(text)) return 'str';
  if (nullForm.test(text)) return 'null';
  if (boolForm.test(text)) return 'bool';
  if (intForm.test(text)) return 'int';
  return floatForm.test(text) ? 'float' : 'str';
}

/** Reads an unquoted scalar without a tag as PyYAML with Salt's changes does: `0644` is 644, dates are text. */
export function resolveScalar(text: string): Value {
  return readScalar(scalarKind(text), text) ?? (nullForm.test(text) ? null : text);
}

/** Reads a scalar as being of one kind; `undefined` when it does not fit (`null` reads as null whatever it says). */
export function readScalar(kind: ScalarKind, text: string): Value | undefined {
  switch (kind) {
    case 'null':
      return null;
    case 'bool':
      return readBool(text.toLowerCase());
    case 'int':
      return readInt(text);
    case 'float':
      return readFloat(text);
    case 'str':
      return text;
  }
}

function readBool(word: string): boolean | undefined {
  if (trueWords.has(word)) return true;
  return falseWords.has(word) ? false : undefined;
}

function readInt(text: string): Value | undefined {
  const found = /^([-+]?)(.*)$/s.exec(text.replaceAll('_', ''));
  const digits = found?.[2] ?? '';
  const magnitude = readMagnitude(digits);
  if (magnitude === undefined) return undefined;
  return narrow(found?.[1] === '-' ? -magnitude : magnitude);
}

function readMagnitude(digits: string): bigint | undefined {
  if (/^0b[01]+$/.test(digits) || /^0x[0-9a-fA-F]+$/.test(digits)) return BigInt(digits);
  if (/^\d+$/.test(digits)) return BigInt(digits);
  if (!/^\d+(?::\d+)+$/.test(digits)) return undefined;
  return digits.split(':').reduce((total, part) => total * 60n + BigInt(part), 0n);
}

function narrow(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function readFloat(text: string): Value | undefined {
  const plain = text.replaceAll('_', '').toLowerCase();
  const sign = plain.startsWith('-') ? -1 : 1;
  const magnitude = plain.replace(/^[-+]/, '');
  if (magnitude === '.inf') return sign * Number.POSITIVE_INFINITY;
  if (magnitude === '.nan') return Number.NaN;
  if (!/^(?:\d+(?::\d+)*)?\.?\d*(?:e[-+]?\d+)?$/.test(magnitude) || !/\d/.test(magnitude)) return undefined;
  return toFloat(sign * sexagesimal(magnitude));
}

function sexagesimal(magnitude: string): number {
  // From the last part up, as PyYAML sums, so that rounding agrees.
  const parts = magnitude.split(':').toReversed().map(Number);
  return parts.reduce((total, part, index) => total + part * 60 ** index, 0);
}
