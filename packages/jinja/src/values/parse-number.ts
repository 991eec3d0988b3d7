import { trim } from './character-classes.ts';
import { fromBigint, type PythonInt } from './numbers.ts';

const prefixes: Readonly<Record<number, string>> = { 2: '0b', 8: '0o', 16: '0x' };

/** Python's `int(text, base)`; `undefined` where it raises. */
export function parseInteger(text: string, base = 10): PythonInt | undefined {
  const match = /^(?<sign>[+-]?)(?<digits>[0-9a-z_]+)$/i.exec(trim(text))?.groups;
  if (match === undefined) return undefined;
  const sign = match['sign'] === '-' ? -1n : 1n;
  let digits = (match['digits'] ?? '').toLowerCase();
  let radix = base;
  for (const [known, prefix] of Object.entries(prefixes)) {
    if ((base === 0 || base === Number(known)) && digits.startsWith(prefix)) {
      radix = Number(known);
      digits = digits.slice(2).replace(/^_/, '');
      break;
    }
  }
  if (radix === 0) radix = 10;
  const magnitude = readDigits(digits, radix);
  return magnitude === undefined ? undefined : fromBigint(sign * magnitude);
}

function readDigits(text: string, base: number): bigint | undefined {
  if (/^_|__|_$/.test(text) || text === '') return undefined;
  const digits = text.replaceAll('_', '');
  if (base === 10) return /^\d+$/.test(digits) ? BigInt(digits) : undefined;
  let value = 0n;
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36);
    if (worth >= base) return undefined;
    value = value * BigInt(base) + BigInt(worth);
  }
  return value;
}

const floatPattern = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;
const specialPattern = /^(?<sign>[+-]?)(?<word>inf|infinity|nan)$/i;

/** Python's `float(text)`; `undefined` where it raises. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = trim(text);
  if (floatPattern.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  const special = specialPattern.exec(trimmed)?.groups;
  if (special === undefined) return undefined;
  if (special['word']?.toLowerCase() === 'nan') return Number.NaN;
  return special['sign'] === '-' ? -Infinity : Infinity;
}
