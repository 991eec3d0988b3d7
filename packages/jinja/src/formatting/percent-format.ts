import { toFixedDecimals, toGeneral, toScientific } from '@brine/common';
import { fault } from '../template-fault.ts';
import { truncateFloat } from '../operators/arithmetic.ts';
import { getItem } from '../values/dict-items.ts';
import { isIntLike, isNumeric, toInt, toNumber, type PythonInt } from '../values/numbers.ts';
import { repr, toText } from '../values/python-text.ts';
import { Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { checkedText, refuseLongText } from '../values/size-limits.ts';
import { typeName } from '../values/type-name.ts';

const directive =
  /%(?:\((?<key>[^)]*)\))?(?<flags>[-+ #0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d*))?[hlL]?(?<type>.)?/gsu;

interface Directive {
  readonly key: string | undefined;
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

/** Python's `format % values`. */
export function formatPercent(format: string, values: RuntimeValue): string {
  const source = new PercentArguments(values);
  const text = format.replace(directive, (...match) => {
    const groups = match.at(-1) as Record<string, string | undefined>;
    return formatDirective(readDirective(groups, source), source);
  });
  source.refuseLeftovers();
  return checkedText(text);
}

function readDirective(groups: Record<string, string | undefined>, source: PercentArguments): Directive {
  const { key, flags = '', width, precision, type } = groups;
  if (type === undefined) throw fault('incomplete format');
  const wide = width === '*' ? source.nextStar() : Number(width ?? 0);
  return {
    key,
    flags: wide < 0 ? `${flags}-` : flags,
    width: Math.abs(wide),
    precision: precision === undefined ? undefined : precision === '*' ? source.nextStar() : Number(precision),
    type,
  };
}

class PercentArguments {
  private readonly values: RuntimeValue;
  private index = 0;
  private usedKeys = false;

  constructor(values: RuntimeValue) {
    this.values = values;
  }

  take(key: string | undefined): RuntimeValue {
    return key === undefined ? this.next() : this.byKey(key);
  }

  nextStar(): number {
    const value = this.next();
    if (!isIntLike(value)) throw fault('* wants int');
    return Number(value);
  }

  private next(): RuntimeValue {
    const items = this.values instanceof Tuple ? this.values.items : [this.values];
    const value = items[this.index];
    this.index += 1;
    if (value === undefined) throw fault('not enough arguments for format string');
    return value;
  }

  private byKey(key: string): RuntimeValue {
    if (!(this.values instanceof Map)) throw fault('format requires a mapping');
    this.usedKeys = true;
    const value = getItem(this.values, key);
    if (value === undefined) throw fault(`KeyError: ${repr(key)}`);
    return value;
  }

  refuseLeftovers(): void {
    if (this.usedKeys) return;
    // A dict, or a list in Python's reading, may be left over: it may have been meant for keys.
    const isMapping = this.values instanceof Map || Array.isArray(this.values);
    const count = this.values instanceof Tuple ? this.values.items.length : isMapping ? 0 : 1;
    if (this.index < count) throw fault('not all arguments converted during string formatting');
  }
}

function formatDirective(spec: Directive, source: PercentArguments): string {
  refuseLongText(Math.max(spec.width, spec.precision ?? 0));
  if (spec.type === '%') return '%';
  const value = source.take(spec.key);
  if ('sra'.includes(spec.type)) return pad(spec, '', formatText(spec, value));
  if (spec.type === 'c') return pad(spec, '', formatCharacter(value));
  if ('diu'.includes(spec.type)) return signed(spec, toWhole(value, spec.type), (int) => digits(spec, int.toString()));
  if ('xXo'.includes(spec.type)) return signed(spec, toExactInt(value, spec.type), (int) => inBase(spec, int));
  if ('eEfFgG'.includes(spec.type)) return formatFloating(spec, value);
  throw fault(`unsupported format character '${spec.type}' (0x${(spec.type.codePointAt(0) ?? 0).toString(16)})`);
}

function formatText(spec: Directive, value: RuntimeValue): string {
  const text = spec.type === 's' ? toText(value) : repr(value);
  return spec.precision === undefined ? text : Array.from(text).slice(0, spec.precision).join('');
}

function formatCharacter(value: RuntimeValue): string {
  if (isIntLike(value)) return String.fromCodePoint(Number(value));
  const text = typeof value === 'string' ? value : '';
  if (Array.from(text).length !== 1) throw fault('%c requires int or char');
  return text;
}

function toWhole(value: RuntimeValue, type: string): PythonInt {
  if (isIntLike(value)) return toInt(value);
  if (isNumeric(value)) return truncateFloat(toNumber(value));
  if (value instanceof Undefined) value.fail();
  throw fault(`%${type} format: a real number is required, not ${typeName(value)}`);
}

function toExactInt(value: RuntimeValue, type: string): PythonInt {
  if (isIntLike(value)) return toInt(value);
  if (value instanceof Undefined) value.fail();
  throw fault(`%${type} format: an integer is required, not ${typeName(value)}`);
}

function digits(spec: Directive, text: string): string {
  return text.padStart(spec.precision ?? 0, '0');
}

function inBase(spec: Directive, value: PythonInt): string {
  const text = digits(spec, value.toString(spec.type === 'o' ? 8 : 16));
  const prefixed = spec.flags.includes('#') ? `0${spec.type}${text}` : text;
  return spec.type === 'X' ? prefixed.toUpperCase() : prefixed;
}

function signed(spec: Directive, value: PythonInt, write: (magnitude: PythonInt) => string): string {
  const negative = value < 0;
  return pad(spec, signOf(spec, negative), write(negative ? -value : value));
}

function signOf(spec: Directive, negative: boolean): string {
  if (negative) return '-';
  if (spec.flags.includes('+')) return '+';
  return spec.flags.includes(' ') ? ' ' : '';
}

function formatFloating(spec: Directive, value: RuntimeValue): string {
  if (value instanceof Undefined) value.fail();
  if (!isNumeric(value)) throw fault(`must be real number, not ${typeName(value)}`);
  const number = toNumber(value);
  const sign = signOf(spec, number < 0 || Object.is(number, -0));
  const body = writeFloat(spec, Math.abs(number));
  const text = 'EFG'.includes(spec.type) ? body.toUpperCase() : body;
  return pad(Number.isFinite(number) ? spec : { ...spec, flags: spec.flags.replaceAll('0', '') }, sign, text);
}

function writeFloat(spec: Directive, magnitude: number): string {
  if (Number.isNaN(magnitude)) return 'nan';
  if (!Number.isFinite(magnitude)) return 'inf';
  const precision = spec.precision ?? 6;
  const type = spec.type.toLowerCase();
  if (type === 'e') return toScientific(magnitude, precision);
  return type === 'f'
    ? toFixedDecimals(magnitude, precision)
    : toGeneral(magnitude, precision, spec.flags.includes('#'));
}

function pad(spec: Directive, sign: string, body: string): string {
  const missing = spec.width - sign.length - Array.from(body).length;
  if (missing <= 0) return sign + body;
  if (spec.flags.includes('-')) return sign + body + ' '.repeat(missing);
  const zeros = spec.flags.includes('0') && !'srac'.includes(spec.type);
  return zeros ? sign + '0'.repeat(missing) + body : ' '.repeat(missing) + sign + body;
}
