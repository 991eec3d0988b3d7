import { AppError, isDict, isFloat, pythonRepr, type Value } from '@brine/common';

/** Writes MessagePack as Python's msgpack does. Throws `text-serialize` for a number that has no room. */
export function writeMsgpack(value: Value): Uint8Array {
  return Buffer.concat(parts(value));
}

function parts(value: Value): Uint8Array[] {
  if (value === null) return [Buffer.of(0xc0)];
  if (typeof value === 'boolean') return [Buffer.of(value ? 0xc3 : 0xc2)];
  if (typeof value === 'string') return text(Buffer.from(value));
  if (value instanceof Uint8Array) return [head(value.length, { 8: 0xc4, 16: 0xc5, 32: 0xc6 }), value];
  if (isFloat(value)) return [float(Number(value))];
  if (typeof value === 'number' || typeof value === 'bigint') return [integer(BigInt(value))];
  if (Array.isArray(value))
    return [head(value.length, { fix: [0x90, 15], 16: 0xdc, 32: 0xdd }), ...value.flatMap(parts)];
  if (!isDict(value)) throw unwritable(value);
  const members = Array.from(value, ([key, item]) => [...parts(key), ...parts(item)]);
  return [head(value.size, { fix: [0x80, 15], 16: 0xde, 32: 0xdf }), ...members.flat()];
}

function unwritable(value: Value): AppError {
  return new AppError({ code: 'text-serialize', message: `MessagePack cannot hold ${pythonRepr(value)}` });
}

function text(bytes: Uint8Array): Uint8Array[] {
  return [head(bytes.length, { fix: [0xa0, 31], 8: 0xd9, 16: 0xda, 32: 0xdb }), bytes];
}

interface Codes {
  /** The first code that holds a small length itself, and the largest of those. */
  readonly fix?: readonly [number, number];
  readonly 8?: number;
  readonly 16: number;
  readonly 32: number;
}

function head(length: number, codes: Codes): Uint8Array {
  if (codes.fix !== undefined && length <= codes.fix[1]) return Buffer.of(codes.fix[0] + length);
  if (codes[8] !== undefined && length < 0x100) return Buffer.of(codes[8], length);
  const bytes = Buffer.alloc(length < 0x10000 ? 3 : 5);
  bytes.writeUInt8(length < 0x10000 ? codes[16] : codes[32]);
  if (length < 0x10000) bytes.writeUInt16BE(length, 1);
  else bytes.writeUInt32BE(length, 1);
  return bytes;
}

function float(value: number): Uint8Array {
  const bytes = Buffer.alloc(9, 0xcb);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

// Code, bytes and range of each width, smallest first; those without a sign come before those with one.
const widths = [8, 16, 32, 64].flatMap((bits, index) => {
  const span = 2n ** BigInt(bits);
  return [
    { code: 0xcc + index, bits, from: 0n, to: span - 1n },
    { code: 0xd0 + index, bits, from: -span / 2n, to: -1n },
  ];
});

function integer(value: bigint): Uint8Array {
  if (value >= 0n && value < 0x80n) return Buffer.of(Number(value));
  if (value < 0n && value >= -32n) return Buffer.of(Number(value + 0x100n));
  const width = widths.find(({ from, to }) => value >= from && value <= to);
  if (width === undefined) throw unwritable(value);
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt.asUintN(64, value), 1);
  const kept = bytes.subarray(9 - width.bits / 8);
  return Buffer.concat([Buffer.of(width.code), kept]);
}
