import { AppError, Float, type Value } from '@brine/common';

/** Reads MessagePack: one value, and nothing behind it. Throws `text-serialize` for what is none, or an extension. */
export function readMsgpack(bytes: Uint8Array): Value {
  const reader = new Reader(Buffer.from(bytes));
  const value = reader.read(0);
  if (!reader.isAtEnd()) throw broken('there is something behind the data');
  return value;
}

function broken(what: string): AppError {
  return new AppError({ code: 'text-serialize', message: `not MessagePack: ${what}` });
}

const deepest = 512;

class Reader {
  private at = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  read(depth: number): Value {
    if (depth > deepest) throw broken('it is nested too deep');
    const code = this.take(1).readUInt8();
    if (code < 0x80) return code;
    if (code < 0x90) return this.dict(code & 0x0f, depth);
    if (code < 0xa0) return this.list(code & 0x0f, depth);
    if (code < 0xc0) return this.text(code & 0x1f);
    return code >= 0xe0 ? code - 0x100 : this.readLong(code, depth);
  }

  private readLong(code: number, depth: number): Value {
    if (code === 0xc0) return null;
    if (code === 0xc2 || code === 0xc3) return code === 0xc3;
    if (code === 0xca) return new Float(this.take(4).readFloatBE());
    if (code === 0xcb) return new Float(this.take(8).readDoubleBE());
    if (code >= 0xcc && code <= 0xd3) return this.integer(code);
    return this.readSized(code, depth);
  }

  private readSized(code: number, depth: number): Value {
    if (code >= 0xc4 && code <= 0xc6) return new Uint8Array(this.take(this.size(code - 0xc4)));
    if (code >= 0xd9 && code <= 0xdb) return this.text(this.size(code - 0xd9));
    if (code === 0xdc || code === 0xdd) return this.list(this.size(code - 0xdc + 1), depth);
    if (code === 0xde || code === 0xdf) return this.dict(this.size(code - 0xde + 1), depth);
    throw broken('it has an extension, which no data stand for');
  }

  private integer(code: number): Value {
    const isSigned = code >= 0xd0;
    const length = 2 ** (isSigned ? code - 0xd0 : code - 0xcc);
    const bytes = this.take(length);
    const plain = BigInt(`0x${bytes.toString('hex')}`);
    const value = isSigned ? BigInt.asIntN(length * 8, plain) : plain;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  /** A length of 1, 2 or 4 bytes. */
  private size(width: number): number {
    return this.take(2 ** width).readUIntBE(0, 2 ** width);
  }

  private text(length: number): string {
    return this.take(length).toString('utf8');
  }

  private list(length: number, depth: number): Value {
    const items: Value[] = [];
    for (let index = 0; index < length; index += 1) items.push(this.read(depth + 1));
    return items;
  }

  private dict(length: number, depth: number): Value {
    const members = new Map<Value, Value>();
    for (let index = 0; index < length; index += 1) members.set(this.read(depth + 1), this.read(depth + 1));
    return members;
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw broken('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
