import { fault } from '../template-fault.ts';
import { isIntLike, isNumeric, toNumber } from '../values/numbers.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';

/** An argument that has to be a text. */
export function toTextArgument(value: RuntimeValue | undefined, fallback?: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined && fallback !== undefined) return fallback;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) value.fail();
  throw fault(`expected a str, not ${typeName(value ?? null)}`);
}

/** A text argument for which `None` is the same as leaving it out. */
export function toOptionalText(value: RuntimeValue | undefined): string | undefined {
  return value === undefined || value === null ? undefined : toTextArgument(value);
}

/** An argument that has to be an int. */
export function toIntArgument(value: RuntimeValue | undefined, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback;
  if (value instanceof Undefined) value.fail();
  if (value !== undefined && isIntLike(value)) return Number(value);
  throw fault(`'${typeName(value ?? null)}' object cannot be interpreted as an integer`);
}

/** An int argument for which `None` is the same as leaving it out. */
export function toOptionalInt(value: RuntimeValue | undefined): number | undefined {
  return value === undefined || value === null ? undefined : toIntArgument(value);
}

/** An argument that has to be a number. */
export function toNumberArgument(value: RuntimeValue | undefined): number {
  if (value instanceof Undefined) value.fail();
  if (value !== undefined && isNumeric(value)) return toNumber(value);
  throw fault(`must be real number, not ${typeName(value ?? null)}`);
}

/** An argument that is taken for true or false. */
export function toFlag(value: RuntimeValue | undefined, fallback = false): boolean {
  return value === undefined ? fallback : isTrue(value);
}
