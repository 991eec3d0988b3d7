import { AppError } from '@brine/common';

// Signatures and the places of members in a record, as in PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.
const endSignature = Buffer.from([0x50, 0x4b, 5, 6]);
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const encrypted = 1;
const describedLater = 8;
const stronglyEncrypted = 64;
/** What stands before the data of an encrypted member. */
const headerLength = 12;

/**
 * The same zip without its password; members stay compressed as they are. Throws `state-failed` for a wrong password,
 * another encryption than that of PKZIP 2, and what is larger than 4 GiB.
 */
export function decryptZip(bytes: Uint8Array, password: string): Uint8Array {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = zip.lastIndexOf(endSignature);
  if (end < 0) throw refusal('It is no zip');
  const members: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of centralEntries(zip, end)) {
    const member = decryptMember(zip, entry, password);
    members.push(member);
    directory.push(plainEntry(entry, offset));
    offset += member.length;
  }
  const tail = Buffer.from(zip.subarray(end));
  tail.writeUInt32LE(offset, 16);
  return Buffer.concat([...members, ...directory, tail]);
}

function refusal(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

function centralEntries(zip: Buffer, end: number): readonly Buffer[] {
  const entries: Buffer[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== centralSignature)
      throw refusal('It is larger than can be decrypted, or damaged');
    const length = 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    entries.push(zip.subarray(at, at + length));
    at += length;
  }
  return entries;
}

function isEncrypted(entry: Buffer): boolean {
  return (entry.readUInt16LE(8) & encrypted) !== 0;
}

function decryptMember(zip: Buffer, entry: Buffer, password: string): Buffer {
  const at = entry.readUInt32LE(42);
  if (at + 30 > zip.length || zip.readUInt32LE(at) !== localSignature)
    throw refusal('It is larger than can be decrypted, or damaged');
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  const data = zip.subarray(start, start + entry.readUInt32LE(20));
  const head = Buffer.from(zip.subarray(at, start));
  head.writeUInt16LE(head.readUInt16LE(6) & ~(encrypted | describedLater), 6);
  entry.copy(head, 14, 16, 28);
  if (!isEncrypted(entry)) return Buffer.concat([head, data]);
  head.writeUInt32LE(data.length - headerLength, 18);
  return Buffer.concat([head, decryptData(entry, data, password)]);
}

function plainEntry(entry: Buffer, offset: number): Buffer {
  const plain = Buffer.from(entry);
  if (isEncrypted(entry)) plain.writeUInt32LE(entry.readUInt32LE(20) - headerLength, 20);
  plain.writeUInt16LE(entry.readUInt16LE(8) & ~(encrypted | describedLater), 8);
  plain.writeUInt32LE(offset, 42);
  return plain;
}

function decryptData(entry: Buffer, data: Buffer, password: string): Buffer {
  const name = entry.subarray(46, 46 + entry.readUInt16LE(28)).toString('utf8');
  const flags = entry.readUInt16LE(8);
  const otherMethod = 99;
  if ((flags & stronglyEncrypted) !== 0 || entry.readUInt16LE(10) === otherMethod)
    throw refusal(`The encryption of ${name} is not supported`);
  const plain = decryptBytes(data, password);
  const check = (flags & describedLater) === 0 ? entry[19] : entry[13];
  if (data.length < headerLength || plain[headerLength - 1] !== check) throw refusal(`Bad password for file ${name}`);
  return plain.subarray(headerLength);
}

/** The stream cipher of PKZIP 2 (APPNOTE.TXT 6.1). */
function decryptBytes(data: Buffer, password: string): Buffer {
  const keys: [number, number, number] = [0x12345678, 0x23456789, 0x34567890];
  for (const byte of Buffer.from(password, 'utf8')) updateKeys(keys, byte);
  const plain = Buffer.alloc(data.length);
  for (const [index, byte] of data.entries()) {
    const seed = (keys[2] | 2) & 0xffff;
    const clear = byte ^ ((Math.imul(seed, seed ^ 1) >>> 8) & 0xff);
    plain[index] = clear;
    updateKeys(keys, clear);
  }
  return plain;
}

function updateKeys(keys: [number, number, number], byte: number): void {
  keys[0] = crcStep(keys[0], byte);
  keys[1] = (Math.imul(keys[1] + (keys[0] & 0xff), 134775813) + 1) | 0;
  keys[2] = crcStep(keys[2], keys[1] >>> 24);
}

const crcTable = Array.from({ length: 256 }, (_, start) => {
  let value = start;
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320;
  return value;
});

function crcStep(crc: number, byte: number): number {
  return (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0);
}
