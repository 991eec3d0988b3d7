/**
 * A Python float whose value is a whole number (`1.0`). Floats with a fraction, infinities and NaN are plain
 * numbers; a plain whole number is a Python int. So `1` and `1.0` stay distinct at no cost for the common cases.
 */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }

  toJSON(): number {
    return this.value;
  }
}

/** An ordered mapping that keeps its key types: `8080: x` has an integer key, in its place. */
export type Dict = Map<Value, Value>;

/**
 * A set, as YAML's `!!set` gives it: a dict whose items are all null, so that whoever does not care sees its members
 * as keys. Written as text it is a Python set.
 */
export class ValueSet extends Map<Value, Value> {}

/**
 * The values of templates, YAML, pillar, grains and returns.
 * Whole numbers beyond ±(2^53−1) are `bigint`; bytes are `Uint8Array`.
 */
export type Value = null | boolean | number | bigint | Float | string | Uint8Array | Value[] | Dict;

/** A Python float from a number: whole numbers are wrapped so that they stay floats. */
export function toFloat(value: number): number | Float {
  return Number.isInteger(value) ? new Float(value) : value;
}

/** Whether a value is a Python float. */
export function isFloat(value: unknown): value is number | Float {
  return value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));
}

/** Whether a value is a Python int (booleans are not counted). */
export function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
}

/** Whether a value is a dict. */
export function isDict(value: unknown): value is Dict {
  return value instanceof Map;
}

/** A plain tree as code writes it; `undefined` members are dropped by {@link toValue}. */
export type Plain =
  | Value
  | undefined
  | readonly Plain[]
  | { readonly [key: string]: Plain }
  | ReadonlyMap<Value, Plain>;

/** Turns plain objects and arrays, however nested, into values. Cycles are not supported. */
export function toValue(plain: Plain): Value {
  if (plain === undefined || plain === null) return null;
  if (typeof plain !== 'object') return plain;
  if (plain instanceof Float || plain instanceof Uint8Array) return plain;
  if (Array.isArray(plain)) return plain.map((item: Plain) => toValue(item));
  const dict: Dict = new Map();
  const entries = plain instanceof Map ? plain.entries() : Object.entries(plain as Record<string, Plain>);
  for (const [key, item] of entries as Iterable<[Value, Plain]>) {
    if (item !== undefined) dict.set(key, toValue(item));
  }
  return dict;
}
