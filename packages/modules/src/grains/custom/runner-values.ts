import { Float, isDict, toFloat, type Dict, type Value } from '@brine/common';

/**
 * The form of values in JSON between Brine and the programs that run modules of grains: texts, truth values, null, lists
 * and whole numbers that both sides hold exactly as they are; else an object with one member: `d` a dict as pairs, `i` a
 * large whole number, `f` a float, `b` bytes in base64.
 */
export type WireJson = null | boolean | number | string | readonly WireJson[] | { readonly [tag: string]: WireJson };

/** Writes a value. */
export function toWireJson(value: Value): WireJson {
  if (isDict(value)) return { d: Array.from(value, ([key, item]) => [toWireJson(key), toWireJson(item)]) };
  if (Array.isArray(value)) return value.map(toWireJson);
  if (value instanceof Uint8Array) return { b: Buffer.from(value).toString('base64') };
  if (typeof value === 'bigint') return { i: value.toString() };
  if (value instanceof Float) return { f: String(value.value) };
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return { f: floatText(value) };
  return value;
}

/** Reads a value; `undefined` for what has no such form. */
export function fromWireJson(json: unknown): Value | undefined {
  if (json === null || typeof json === 'boolean' || typeof json === 'string') return json;
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : undefined;
  if (Array.isArray(json)) return allOf(json.map(fromWireJson));
  const [tag, content] = Object.entries(json as object)[0] ?? [];
  return tag === 'd' ? readDict(content) : readTagged(tag, content);
}

function allOf(values: readonly (Value | undefined)[]): Value[] | undefined {
  const there = values.filter((value) => value !== undefined);
  return there.length === values.length ? there : undefined;
}

function readDict(pairs: unknown): Dict | undefined {
  if (!Array.isArray(pairs)) return undefined;
  const dict: Dict = new Map();
  for (const pair of pairs as unknown[]) {
    const [key, value] = Array.isArray(pair) ? pair.map(fromWireJson) : [];
    if (key === undefined || value === undefined) return undefined;
    dict.set(key, value);
  }
  return dict;
}

function readTagged(tag: string | undefined, content: unknown): Value | undefined {
  if (typeof content !== 'string') return undefined;
  if (tag === 'b') return new Uint8Array(Buffer.from(content, 'base64'));
  if (tag === 'i' && /^-?\d+$/.test(content)) return BigInt(content);
  return tag === 'f' ? readFloat(content) : undefined;
}

const specialFloats: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  nan: Number.NaN,
};

function readFloat(text: string): Value | undefined {
  const special = specialFloats[text];
  if (special !== undefined) return special;
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : toFloat(number);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}
