import { AppError } from '@brine/common';

/** A value in DER: its tag, what it holds, and all of it. */
export interface DerNode {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** One value of DER (X.690): tag, length and the parts one after another. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const setOf = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts);
export const derBoolean = (value: boolean): Buffer => der(0x01, Buffer.from([value ? 0xff : 0]));
export const octets = (content: Uint8Array): Buffer => der(0x04, content);
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text, 'utf8'));
export const printable = (text: string): Buffer => der(0x13, Buffer.from(text, 'latin1'));
export const ia5 = (text: string): Buffer => der(0x16, Buffer.from(text, 'latin1'));
/** A tag of the context; `inner` members are constructed, others take the place of a primitive value. */
export const inner = (number: number, ...parts: readonly Uint8Array[]): Buffer => der(0xa0 | number, ...parts);
export const primitive = (number: number, content: Uint8Array): Buffer => der(0x80 | number, content);

/** Bits, with how many of the last byte are unused. */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return der(0x03, Buffer.from([unused]), content);
}

/** A bit string of named bits, without the zeros at its end. */
export function namedBits(positions: readonly number[]): Buffer {
  if (positions.length === 0) return bits(Buffer.alloc(0));
  const last = Math.max(...positions);
  const content = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const position of positions) {
    const at = Math.floor(position / 8);
    content[at] = (content[at] ?? 0) | (0x80 >> (position % 8));
  }
  return bits(content, 7 - (last % 8));
}

/** A whole number of any size. */
export function derInteger(value: bigint | number): Buffer {
  return der(0x02, integerBytes(BigInt(value)));
}

/** The bytes of a number that is not negative, with a zero before a first bit that would be a sign. */
export function integerBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even, 'hex');
}

/** An object identifier in dots. */
export function oid(dotted: string): Buffer {
  return der(0x06, oidBytes(dotted));
}

/** The bytes of an object identifier. */
export function oidBytes(dotted: string): Buffer {
  if (!/^[0-2](\.\d+)+$/.test(dotted)) throw new AppError({ code: 'state-failed', message: `Invalid oid: ${dotted}` });
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map((part) => BigInt(part));
  return Buffer.from([first * 40n + second, ...rest].flatMap((part) => base128(part)));
}

function base128(value: bigint): readonly number[] {
  const digits = [Number(value & 0x7fn)];
  for (let left = value >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80);
  return digits;
}

/** The dotted form of the bytes of an object identifier. */
export function readOid(content: Uint8Array): string {
  const parts: bigint[] = [];
  let value = 0n;
  for (const byte of content) {
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) {
      parts.push(value);
      value = 0n;
    }
  }
  const [head = 0n, ...rest] = parts;
  const first = head < 80n ? head / 40n : 2n;
  return [first, head - first * 40n, ...rest].join('.');
}

/** A moment in the form that certificates want: two digits of the year before 2050. */
export function time(moment: Date): Buffer {
  const text = moment.toISOString().replace(/[-:T]|\.\d+/g, '');
  return moment.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
}

/** A moment with four digits of the year. */
export function generalizedTime(moment: Date): Buffer {
  return der(0x18, Buffer.from(moment.toISOString().replace(/[-:T]|\.\d+/g, '')));
}

/** Reads either form of a moment. */
export function readTime({ tag, content }: DerNode): Date {
  const text = content.toString('latin1');
  const full = tag === 0x17 ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  return new Date(full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

/** Reads one value at the start of bytes. Throws `state-failed` for what is no DER. */
export function readDer(bytes: Uint8Array): DerNode {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const [tag, first] = buffer;
  if (tag === undefined || first === undefined) throw noDer();
  const extra = first < 0x80 ? 0 : first & 0x7f;
  if (extra > 4 || first === 0x80) throw noDer();
  const length = extra === 0 ? first : buffer.readUIntBE(2, extra);
  const start = 2 + extra;
  if (start + length > buffer.length) throw noDer();
  return { tag, content: buffer.subarray(start, start + length), whole: buffer.subarray(0, start + length) };
}

function noDer(): AppError {
  return new AppError({ code: 'state-failed', message: 'Could not load DER-encoded data' });
}

/** The values within a constructed one. */
export function childrenOf({ content }: DerNode): readonly DerNode[] {
  const children: DerNode[] = [];
  for (let at = 0; at < content.length;) {
    const child = readDer(content.subarray(at));
    children.push(child);
    at += child.whole.length;
  }
  return children;
}

/** The nth value within a constructed one. Throws `state-failed` when it has fewer. */
export function childAt(node: DerNode, index: number): DerNode {
  const child = childrenOf(node)[index];
  if (child === undefined) throw noDer();
  return child;
}
