import { AppError } from '../app-error.ts';

/** The most bytes one encoded value or message may have. */
export const maxWireBytes = 64 * 1024 * 1024;
/** How many lists and dicts may lie in each other. */
export const maxWireDepth = 64;

/** The only msgpack extensions on the wire: whole-valued floats, and integers beyond 64 bits. */
export const floatExtension = 1;
const bigintExtension = 0x42;
const maxBigintBytes = 4096;

/**
 * Checks received msgpack bytes before any of it is built in memory: sizes, depth, that every announced length is
 * there, no foreign extension types, nothing after the end. The decoder behind it would allocate what a header
 * announces and would run extensions (regular expressions, errors, references) that have no business here.
 */
export function inspectBytes(bytes: Uint8Array): void {
  if (bytes.length > maxWireBytes) {
    throw new AppError({ code: 'wire-too-large', message: `message of ${bytes.length} bytes, limit ${maxWireBytes}` });
  }
  // For each open container, how many members are still to come.
  const open: number[] = [1];
  let position = 0;
  while (open.length > 0) {
    const top = open.length - 1;
    const remaining = open[top] ?? 0;
    if (remaining === 0) {
      open.pop();
      continue;
    }
    open[top] = remaining - 1;
    const { size, members } = readHeader(bytes, position);
    position += size;
    if (position > bytes.length || members > bytes.length - position) throw malformed('it ends too early');
    if (members >= 0) open.push(members);
    if (open.length > maxWireDepth + 1) {
      throw new AppError({ code: 'wire-too-deep', message: `message nests deeper than ${maxWireDepth} levels` });
    }
  }
  if (position !== bytes.length) throw malformed('bytes follow after its end');
}

/** The error for bytes that are no message. */
export function malformed(reason: string, cause?: unknown): AppError {
  return new AppError({ code: 'wire-malformed', message: `not a message: ${reason}`, cause });
}

interface Header {
  /** Bytes of the item without its members. */
  readonly size: number;
  /** How many items follow that belong to this one (a pair counts twice); -1 when it is no container. */
  readonly members: number;
}

const scalar = (size: number): Header => ({ size, members: -1 });

function readHeader(bytes: Uint8Array, position: number): Header {
  const type = bytes[position];
  if (type === undefined) throw malformed('it ends too early');
  if (type < 0x80 || type >= 0xe0) return scalar(1);
  if (type < 0x90) return { size: 1, members: (type & 0x0f) * 2 };
  if (type < 0xa0) return { size: 1, members: type & 0x0f };
  if (type < 0xc0) return scalar(1 + (type & 0x1f));
  if (type < 0xc4) {
    if (type === 0xc1) throw malformed('it has a reserved type');
    return scalar(1);
  }
  return readLongHeader(bytes, position, type);
}

const numberSizes = [5, 9, 2, 3, 5, 9, 2, 3, 5, 9];

function readLongHeader(bytes: Uint8Array, position: number, type: number): Header {
  const length = (width: number): number => readUnsigned(bytes, position + 1, width);
  if (type <= 0xc6) return scalar(1 + 2 ** (type - 0xc4) + length(2 ** (type - 0xc4)));
  if (type <= 0xc9) return readExtension(bytes, position + 1, 2 ** (type - 0xc7));
  if (type <= 0xd3) return scalar(numberSizes[type - 0xca] ?? 1);
  if (type <= 0xd8) return checkExtension(bytes[position + 1], 2, 2 ** (type - 0xd4));
  if (type <= 0xdb) return scalar(1 + 2 ** (type - 0xd9) + length(2 ** (type - 0xd9)));
  const width = type % 2 === 0 ? 2 : 4;
  return { size: 1 + width, members: length(width) * (type >= 0xde ? 2 : 1) };
}

function readExtension(bytes: Uint8Array, position: number, width: number): Header {
  return checkExtension(bytes[position + width], 2 + width, readUnsigned(bytes, position, width));
}

function checkExtension(type: number | undefined, headerSize: number, length: number): Header {
  const isFloat = type === floatExtension && length === 8;
  const isBigint = type === bigintExtension && length > 0 && length <= maxBigintBytes;
  if (!isFloat && !isBigint) throw malformed(`it has an extension of type ${type ?? 'unknown'}`);
  return scalar(headerSize + length);
}

function readUnsigned(bytes: Uint8Array, position: number, width: number): number {
  if (position + width > bytes.length) throw malformed('it ends too early');
  let result = 0;
  for (const byte of bytes.subarray(position, position + width)) result = result * 256 + byte;
  return result;
}
