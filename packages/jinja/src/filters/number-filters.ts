import { toFixedDecimals } from '@brine/common';
import { absolute, truncateFloat } from '../operators/arithmetic.ts';
import { toFlag, toIntArgument, toNumberArgument, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import { fault } from '../template-fault.ts';
import { fromBigint, fromFloat, isFloatLike, isIntLike, isNumeric, toInt, toNumber } from '../values/numbers.ts';
import { parseFloatText, parseInteger } from '../values/parse-number.ts';
import { repr } from '../values/python-text.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';

function toInteger(value: RuntimeValue, [fallback, base]: BoundArguments): RuntimeValue {
  const otherwise = fallback === undefined ? 0 : fallback;
  if (value instanceof Undefined) return value.strict ? value.fail() : otherwise;
  if (isIntLike(value)) return toInt(value);
  if (isFloatLike(value)) return wholeOr(toNumber(value), otherwise);
  const text = value instanceof Markup ? value.text : value;
  if (typeof text !== 'string') return otherwise;
  const int = parseInteger(text, toIntArgument(base, 10));
  if (int !== undefined) return int;
  const float = parseFloatText(text);
  return float === undefined ? otherwise : wholeOr(float, otherwise);
}

function wholeOr(value: number, otherwise: RuntimeValue): RuntimeValue {
  return Number.isFinite(value) ? truncateFloat(value) : otherwise;
}

function toFloating(value: RuntimeValue, [fallback]: BoundArguments): RuntimeValue {
  if (value instanceof Undefined && value.strict) value.fail();
  const otherwise = fallback === undefined ? fromFloat(0) : fallback;
  if (isNumeric(value)) return fromFloat(toNumber(value));
  const text = value instanceof Markup ? value.text : value;
  const float = typeof text === 'string' ? parseFloatText(text) : undefined;
  return float === undefined ? otherwise : fromFloat(float);
}

function round(value: RuntimeValue, [precision, method]: BoundArguments): RuntimeValue {
  const decimals = toIntArgument(precision, 0);
  const way = toTextArgument(method, 'common');
  if (!['common', 'ceil', 'floor'].includes(way)) throw fault('method must be common, ceil or floor');
  if (way === 'common')
    return isIntLike(value) ? roundInt(toInt(value), decimals) : roundFloat(toNumberArgument(value), decimals);
  const factor = 10 ** decimals;
  const scaled = toNumberArgument(value) * factor;
  // Python rounds to an int first, which has no -0.
  return fromFloat(((way === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) + 0) / factor);
}

function roundInt(value: number | bigint, decimals: number): RuntimeValue {
  if (decimals >= 0) return value;
  const unit = 10n ** BigInt(Math.min(-decimals, 400));
  const int = BigInt(value);
  const rest = ((int % unit) + unit) % unit;
  const low = int - rest;
  const isUp = rest * 2n > unit || (rest * 2n === unit && (low / unit) % 2n !== 0n);
  return fromBigint(isUp ? low + unit : low);
}

/** Python's `round`: to the nearest, halves to the even neighbour, by the exact value of the float. */
function roundFloat(value: number, decimals: number): RuntimeValue {
  if (!Number.isFinite(value)) return fromFloat(value);
  if (decimals < 0) {
    const unit = 10 ** -decimals;
    return fromFloat(halfEven(value / unit) * unit);
  }
  if (decimals > 22 || Math.abs(value) >= 2 ** 52) return fromFloat(value);
  return fromFloat(Math.sign(value) * Number(toFixedDecimals(Math.abs(value), decimals)));
}

function halfEven(value: number): number {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

const binaryUnits = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];
const decimalUnits = ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];

function formatFileSize(value: RuntimeValue, binary: boolean): string {
  const bytes = typeof value === 'string' ? parseFloatText(value) : toNumberArgument(value);
  if (bytes === undefined) throw fault(`could not convert string to float: ${repr(value)}`);
  if (bytes === 1) return '1 Byte';
  const base = binary ? 1024 : 1000;
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = binary ? binaryUnits : decimalUnits;
  const found = units.findIndex((_, index) => bytes < base ** (index + 2));
  const index = found === -1 ? units.length - 1 : found;
  return `${((base * bytes) / base ** (index + 2)).toFixed(1)} ${units[index] ?? ''}`;
}

export const numberFilters: readonly Routine[] = [
  routine('abs', '', (value) => absolute(value)),
  routine('int', 'default? base?', toInteger),
  routine('float', 'default?', toFloating),
  routine('round', 'precision? method?', round),
  routine('filesizeformat', 'binary?', (value, [binary]) => formatFileSize(value, toFlag(binary))),
];
