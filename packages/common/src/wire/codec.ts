import type * as MessagePack from 'msgpackr';
import * as untypedMessagePack from 'msgpackr/pack';
import { AppError } from '../app-error.ts';
import { dictKeyIdentity, pythonTypeName } from '../compare-values.ts';
import { Float, isDict, type Dict, type Value } from '../value.ts';
import { floatExtension, inspectBytes, malformed, maxWireBytes, maxWireDepth } from './inspect-bytes.ts';

// The declarations of this entry lead nowhere; what it has is the main entry without the native add-on.
const { addExtension, Packr } = untypedMessagePack as unknown as typeof MessagePack;

// msgpackr keeps extensions per process, not per codec. The class is ours alone, so nobody else's use of it changes.
addExtension({
  Class: Float,
  type: floatExtension,
  pack: (instance: Float) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, instance.value);
    return bytes;
  },
  unpack: (bytes: Uint8Array) => new Float(new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0)),
});

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: false,
  variableMapSize: true,
  useBigIntExtension: true,
  int64AsType: 'bigint',
  copyBuffers: true,
  moreTypes: false,
});

/**
 * Encodes a value in msgpack: integers, floats (`1.0` stays one), key types and key order are kept. Throws
 * `wire-too-deep` and `wire-too-large` for what no receiver would take (64 levels, 64 MiB).
 */
export function encodeValue(value: Value): Uint8Array {
  checkDepth(value, 0);
  return pack(value);
}

/**
 * Decodes what {@link encodeValue} wrote. Throws `wire-too-large`, `wire-too-deep` or `wire-malformed` (also for
 * a list or dict as a key); never builds anything but values.
 */
export function decodeValue(bytes: Uint8Array): Value {
  return settle(unpack(bytes));
}

/**
 * Encodes an envelope: plain objects, arrays, text, numbers, booleans, null, bytes, bigints. `undefined` members
 * are dropped. Throws `wire-unsupported` for anything else (functions, dates, class instances), and as
 * {@link encodeValue} does.
 */
export function encodeMessage(plain: unknown): Uint8Array {
  return pack(toPackable(plain, 0));
}

/**
 * Decodes what {@link encodeMessage} wrote, into objects without a prototype, so that `__proto__` is a key like
 * any other. The result is unchecked: give it to a schema. Throws as {@link decodeValue} does.
 */
export function decodeMessage(bytes: Uint8Array): unknown {
  return toObjects(settle(unpack(bytes)));
}

function pack(packable: unknown): Uint8Array {
  // A copy of exactly the right size: msgpackr hands out slices of a large shared buffer.
  const bytes = new Uint8Array(packr.pack(packable));
  if (bytes.length > maxWireBytes) {
    throw new AppError({ code: 'wire-too-large', message: `message of ${bytes.length} bytes, limit ${maxWireBytes}` });
  }
  return bytes;
}

function unpack(bytes: Uint8Array): Value {
  inspectBytes(bytes);
  try {
    return packr.unpack(bytes) as Value;
  } catch (cause) {
    throw malformed('its content does not decode', cause);
  }
}

function checkDepth(value: Value, depth: number): void {
  if (depth > maxWireDepth) throw tooDeep();
  if (Array.isArray(value)) for (const item of value) checkDepth(item, depth + 1);
  else if (isDict(value)) for (const item of value.values()) checkDepth(item, depth + 1);
}

function tooDeep(): AppError {
  return new AppError({ code: 'wire-too-deep', message: `message nests deeper than ${maxWireDepth} levels` });
}

// Brings decoded data into the one form values have: no Buffer, no small bigint, no negative zero that is an int.
function settle(decoded: Value): Value {
  if (typeof decoded === 'bigint') return narrow(decoded);
  if (decoded instanceof Uint8Array) return new Uint8Array(decoded);
  if (Array.isArray(decoded)) return decoded.map(settle);
  return isDict(decoded) ? settleDict(decoded) : decoded;
}

function narrow(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function settleDict(decoded: Dict): Dict {
  const dict: Dict = new Map();
  for (const [key, item] of decoded) {
    if (dictKeyIdentity(key) === undefined) throw malformed(`a ${pythonTypeName(key)} is used as a key`);
    dict.set(settle(key), settle(item));
  }
  return dict;
}

type Packable = null | boolean | number | bigint | string | Uint8Array | Float | Packable[] | Map<string, Packable>;

function toPackable(plain: unknown, depth: number): Packable {
  if (depth > maxWireDepth) throw tooDeep();
  if (plain === null || plain === undefined) return null;
  if (Array.isArray(plain)) return plain.map((item: unknown) => toPackable(item, depth + 1));
  if (plain instanceof Uint8Array || plain instanceof Float) return plain;
  if (isPlainObject(plain)) return toPackableMap(plain, depth);
  if (typeof plain === 'string' || typeof plain === 'number') return plain;
  if (typeof plain === 'boolean' || typeof plain === 'bigint') return plain;
  throw new AppError({ code: 'wire-unsupported', message: `a ${kindOf(plain)} cannot be sent` });
}

function toPackableMap(plain: object, depth: number): Map<string, Packable> {
  const map = new Map<string, Packable>();
  for (const [key, item] of Object.entries(plain) as [string, unknown][]) {
    if (item !== undefined) map.set(key, toPackable(item, depth + 1));
  }
  return map;
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function kindOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? (value.constructor.name ?? 'object') : typeof value;
}

function toObjects(value: Value): unknown {
  if (Array.isArray(value)) return value.map(toObjects);
  if (!isDict(value)) return value;
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of value) {
    if (typeof key !== 'string') throw malformed(`a ${pythonTypeName(key)} is used as a key of an envelope`);
    plain[key] = toObjects(item);
  }
  return plain;
}
