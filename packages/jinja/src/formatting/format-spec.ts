import { fault } from '../template-fault.ts';
import { formatFloat, toFixedDecimals, toGeneral, toScientific } from '@brine/common';
import { isIntLike, isNumeric, toInt, toNumber, type PythonInt } from '../values/numbers.ts';
import { toText } from '../values/python-text.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { refuseLongText } from '../values/size-limits.ts';
import { textLength, textSlice } from '../values/text-units.ts';
import { typeName } from '../values/type-name.ts';

const specPattern =
  /^(?:(?<fill>.)(?=[<>=^]))?(?<align>[<>=^])?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>\d+)?(?<group>[,_])?(?:\.(?<precision>\d+))?(?<type>.)?$/su;

interface Spec {
  readonly fill: string;
  readonly align: string | undefined;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly group: string;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Python's `format(value, spec)`, the part after the colon in `'{:>8}'.format(…)`. */
export function formatWithSpec(value: RuntimeValue, text: string): string {
  if (value instanceof Undefined) value.isTrue();
  if (text === '') return toText(value);
  const spec = readSpec(text, value);
  if (isIntLike(value)) return formatInt(spec, toInt(value));
  if (isNumeric(value)) return formatReal(spec, toNumber(value), spec.type);
  if (typeof value === 'string' || value instanceof Markup) return formatString(spec, toText(value));
  throw fault(`unsupported format string passed to ${typeName(value)}.__format__`);
}

function readSpec(text: string, value: RuntimeValue): Spec {
  const groups = specPattern.exec(text)?.groups;
  if (groups === undefined) throw fault(`Invalid format specifier '${text}' for object of type '${typeName(value)}'`);
  const { zero, align, fill, sign = '-', alternate, width = '0', group = '', precision, type = '' } = groups;
  const decimals = precision === undefined ? undefined : Number(precision);
  refuseLongText(Math.max(Number(width), decimals ?? 0));
  const padding = defaultPadding(zero !== undefined, value);
  return {
    fill: fill ?? padding.fill,
    align: align ?? padding.align,
    sign,
    alternate: alternate !== undefined,
    width: Number(width),
    group,
    precision: decimals,
    type,
  };
}

/** A width that starts with 0 fills numbers with zeros behind their sign. */
function defaultPadding(hasZero: boolean, value: RuntimeValue): { fill: string; align: string | undefined } {
  if (!hasZero) return { fill: ' ', align: undefined };
  return { fill: '0', align: isNumeric(value) ? '=' : undefined };
}

function unknownType(spec: Spec, kind: string): Error {
  return fault(`Unknown format code '${spec.type}' for object of type '${kind}'`);
}

function formatString(spec: Spec, text: string): string {
  if (spec.type !== '' && spec.type !== 's') throw unknownType(spec, 'str');
  if (spec.sign !== '-' || spec.group !== '' || spec.align === '=' || spec.alternate) {
    throw fault('this format specifier is only for numbers, not for a str');
  }
  const cut = spec.precision === undefined ? text : textSlice(text, 0, spec.precision);
  return padText(spec, cut, '<');
}

function padText(spec: Spec, text: string, fallback: string): string {
  const missing = spec.width - textLength(text);
  if (missing <= 0) return text;
  const align = spec.align ?? fallback;
  if (align === '<') return text + spec.fill.repeat(missing);
  if (align !== '^') return spec.fill.repeat(missing) + text;
  const left = Math.floor(missing / 2);
  return spec.fill.repeat(left) + text + spec.fill.repeat(missing - left);
}

const bases: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function formatInt(spec: Spec, value: PythonInt): string {
  if (spec.type === 'c') return padText(spec, String.fromCodePoint(Number(value)), '<');
  if (spec.type !== '' && 'eEfFgG%'.includes(spec.type)) return formatReal(spec, Number(value), spec.type);
  const base = bases[spec.type];
  if (base === undefined && !['', 'd', 'n'].includes(spec.type)) throw unknownType(spec, 'int');
  if (spec.precision !== undefined) throw fault('Precision not allowed in integer format specifier');
  const negative = value < 0;
  const sign = signOf(spec, negative) + (spec.alternate && base !== undefined ? `0${spec.type}` : '');
  return padNumber(spec, sign, {
    whole: writeInBase(spec, negative ? -value : value),
    rest: '',
    size: base === undefined ? 3 : 4,
  });
}

function writeInBase(spec: Spec, magnitude: PythonInt): string {
  const digits = magnitude.toString(bases[spec.type] ?? 10);
  return spec.type === 'X' ? digits.toUpperCase() : digits;
}

function signOf(spec: Spec, negative: boolean): string {
  if (negative) return '-';
  return spec.sign === '-' ? '' : spec.sign;
}

function formatReal(spec: Spec, value: number, type: string): string {
  if (type !== '' && !'eEfFgGn%'.includes(type)) throw unknownType(spec, 'float');
  const negative = value < 0 || Object.is(value, -0);
  const magnitude = Math.abs(value);
  if (!Number.isFinite(magnitude)) {
    const word = Number.isNaN(value) ? 'nan' : 'inf';
    return padNumber(spec, signOf(spec, negative), {
      whole: type === type.toUpperCase() && type !== '' ? word.toUpperCase() : word,
      rest: '',
      size: 0,
    });
  }
  const text = writeReal(spec, magnitude, type);
  const split = /^(\d+)(.*)$/s.exec(text);
  return padNumber(spec, signOf(spec, negative), { whole: split?.[1] ?? text, rest: split?.[2] ?? '', size: 3 });
}

function writeReal(spec: Spec, magnitude: number, type: string): string {
  const precision = spec.precision ?? 6;
  switch (type.toLowerCase()) {
    case 'e':
      return matchCase(toScientific(magnitude, precision), type);
    case 'f':
      return toFixedDecimals(magnitude, precision);
    case '%':
      return `${toFixedDecimals(magnitude * 100, precision)}%`;
    case 'g':
    case 'n':
      return matchCase(toGeneral(magnitude, precision, spec.alternate), type);
    default:
      return writeDefaultReal(spec, magnitude);
  }
}

/** Without a type a float is written as by `repr`, or with a precision as by `g` but always with a fraction. */
function writeDefaultReal(spec: Spec, magnitude: number): string {
  if (spec.precision === undefined) return formatFloat(magnitude);
  const exponent = magnitude === 0 ? 0 : Math.floor(Math.log10(magnitude));
  const text = toGeneral(magnitude, spec.precision, false);
  if (/[.e]/.test(text)) return text;
  return exponent >= spec.precision - 1
    ? toScientific(magnitude, Math.max(spec.precision - 1, 0)).replace(/\.?0+e/, 'e')
    : `${text}.0`;
}

function matchCase(text: string, type: string): string {
  return type === type.toUpperCase() ? text.toUpperCase() : text;
}

interface NumberText {
  readonly whole: string;
  readonly rest: string;
  /** Digits in a group. */
  readonly size: number;
}

function padNumber(spec: Spec, sign: string, number: NumberText): string {
  const { whole, rest, size } = number;
  if ((spec.align ?? '>') !== '=') return padText(spec, sign + group(spec, whole, size) + rest, '>');
  let digits = whole;
  if (spec.fill !== '0') {
    const body = group(spec, digits, size) + rest;
    return sign + spec.fill.repeat(Math.max(0, spec.width - sign.length - body.length)) + body;
  }
  const room = spec.width - sign.length - rest.length;
  while (group(spec, digits, size).length < room) digits = `0${digits}`;
  return sign + group(spec, digits, size) + rest;
}

function group(spec: Spec, digits: string, size: number): string {
  if (spec.group === '' || size === 0) return digits;
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= size) groups.unshift(digits.slice(Math.max(0, end - size), end));
  return groups.join(spec.group);
}
