import type { Float } from '@brine/common';
import { fault, limitFault } from '../template-fault.ts';
import {
  fromBigint,
  fromFloat,
  fromWholeNumber,
  isIntLike,
  isNumeric,
  toInt,
  toNumber,
  type PythonInt,
} from '../values/numbers.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import { unsupported } from './operand-error.ts';

const mostPowerBits = 262_144;

type Numeric = number | bigint | boolean | Float;

interface Operation {
  readonly symbol: string;
  readonly ints: (a: PythonInt, b: PythonInt) => RuntimeValue;
  readonly floats: (a: number, b: number) => number;
}

function apply(operation: Operation, a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  if (!isNumeric(a) || !isNumeric(b)) throw unsupported(operation.symbol, a, b);
  return applyToNumbers(operation, a, b);
}

function applyToNumbers(operation: Operation, a: Numeric, b: Numeric): RuntimeValue {
  if (isIntLike(a) && isIntLike(b)) return operation.ints(toInt(a), toInt(b));
  return fromFloat(operation.floats(toNumber(a), toNumber(b)));
}

function areSmall(a: PythonInt, b: PythonInt): a is number {
  return typeof a === 'number' && typeof b === 'number';
}

const addition: Operation = {
  symbol: '+',
  ints: (a, b) => {
    const sum = areSmall(a, b) ? a + Number(b) : undefined;
    return sum !== undefined && Number.isSafeInteger(sum) ? sum : fromBigint(BigInt(a) + BigInt(b));
  },
  floats: (a, b) => a + b,
};

const subtraction: Operation = {
  symbol: '-',
  ints: (a, b) => {
    const difference = areSmall(a, b) ? a - Number(b) : undefined;
    if (difference !== undefined && Number.isSafeInteger(difference)) return difference;
    return fromBigint(BigInt(a) - BigInt(b));
  },
  floats: (a, b) => a - b,
};

const multiplication: Operation = {
  symbol: '*',
  ints: (a, b) => {
    const product = areSmall(a, b) ? a * Number(b) : undefined;
    // Adding zero turns the -0 of 0 * -1 into the int 0.
    if (product !== undefined && Number.isSafeInteger(product)) return product + 0;
    return fromBigint(BigInt(a) * BigInt(b));
  },
  floats: (a, b) => a * b,
};

const division: Operation = {
  symbol: '/',
  ints: (a, b) => {
    if (Number(b) === 0) throw fault('division by zero');
    return fromFloat(Number(a) / Number(b));
  },
  floats: (a, b) => {
    if (b === 0) throw fault('float division by zero');
    return a / b;
  },
};

const floorDivision: Operation = {
  symbol: '//',
  ints: (a, b) => {
    if (Number(b) === 0) throw fault('integer division or modulo by zero');
    if (typeof a === 'number' && typeof b === 'number') {
      const rest = a % b;
      const quotient = (a - rest) / b;
      return (rest !== 0 && rest < 0 !== b < 0 ? quotient - 1 : quotient) + 0;
    }
    return fromBigint((BigInt(a) - floorModulo(BigInt(a), BigInt(b))) / BigInt(b));
  },
  floats: (a, b) => {
    if (b === 0) throw fault('float floor division by zero');
    const quotient = Math.round((a - floatModulo(a, b)) / b);
    return quotient === 0 && a / b < 0 ? -0 : quotient;
  },
};

const modulo: Operation = {
  symbol: '%',
  ints: (a, b) => {
    if (Number(b) === 0) throw fault('integer division or modulo by zero');
    if (typeof a === 'number' && typeof b === 'number') {
      const rest = a % b;
      return (rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest) + 0;
    }
    return fromBigint(floorModulo(BigInt(a), BigInt(b)));
  },
  floats: (a, b) => {
    if (b === 0) throw fault('float modulo');
    return floatModulo(a, b);
  },
};

function floorModulo(a: bigint, b: bigint): bigint {
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

const power: Operation = { symbol: '** or pow()', ints: powerOfInts, floats: powerOfFloats };

function powerOfInts(a: PythonInt, b: PythonInt): RuntimeValue {
  if (b < 0) {
    if (Number(a) === 0) throw fault('0.0 cannot be raised to a negative power');
    return fromFloat(Number(a) ** Number(b));
  }
  const result = Number(a) ** Number(b);
  if (Number.isSafeInteger(result)) return result;
  const bits = Math.log2(Math.abs(Number(a))) * Number(b);
  if (!(bits <= mostPowerBits)) throw limitFault('a power is too large');
  return fromBigint(BigInt(a) ** BigInt(b));
}

function powerOfFloats(a: number, b: number): number {
  if (a === 0 && b < 0) throw fault('0.0 cannot be raised to a negative power');
  if (a < 0 && !Number.isInteger(b)) throw fault('a negative number cannot be raised to a fractional power');
  // Python says 1.0 where JavaScript says NaN.
  if (a === 1 || b === 0) return 1;
  const result = a ** b;
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    throw fault('Numerical result out of range');
  return result;
}

export function addNumbers(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(addition, a, b);
}

export function subtract(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(subtraction, a, b);
}

export function multiplyNumbers(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(multiplication, a, b);
}

export function divide(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(division, a, b);
}

export function floorDivide(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(floorDivision, a, b);
}

export function moduloNumbers(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(modulo, a, b);
}

export function raise(a: RuntimeValue, b: RuntimeValue): RuntimeValue {
  return apply(power, a, b);
}

/** Unary minus. */
export function negate(value: RuntimeValue): RuntimeValue {
  if (isIntLike(value)) return subtraction.ints(0, toInt(value));
  if (!isNumeric(value)) throw unsupported('-', value);
  return fromFloat(-toNumber(value));
}

/** Unary plus. */
export function affirm(value: RuntimeValue): RuntimeValue {
  if (isIntLike(value)) return toInt(value);
  if (!isNumeric(value)) throw unsupported('+', value);
  return value;
}

/** Python's `abs`. */
export function absolute(value: RuntimeValue): RuntimeValue {
  if (isIntLike(value)) return toInt(value) < 0 ? negate(value) : toInt(value);
  if (!isNumeric(value)) throw unsupported('abs()', value);
  return fromFloat(Math.abs(toNumber(value)));
}

/** Python's `int(float)`: cut towards zero. */
export function truncateFloat(value: number): PythonInt {
  if (Number.isNaN(value)) throw fault('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) throw fault('cannot convert float infinity to integer');
  return fromWholeNumber(Math.trunc(value));
}
