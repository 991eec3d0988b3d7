import { createHash } from 'node:crypto';

// A record is the mark, its length, the head of its SHA-256, and its bytes. The mark lets reading go on behind damage.
const mark = Buffer.from([0x89, 0x42, 0x52, 0x4e]);
const headLength = mark.length + 4 + 8;
const maximumLength = 64 * 1024 * 1024;

/** A record as it stands in a file of records. */
export function frameRecord(record: Uint8Array): Buffer {
  const head = Buffer.alloc(headLength);
  mark.copy(head);
  head.writeUInt32BE(record.length, mark.length);
  checksum(record).copy(head, mark.length + 4);
  return Buffer.concat([head, record]);
}

function checksum(record: Uint8Array): Buffer {
  return createHash('sha256').update(record).digest().subarray(0, 8);
}

/** What a file of records holds. */
export interface ReadRecords {
  readonly records: Uint8Array[];
  /** The parts that belong to no intact record. */
  readonly damaged: Buffer[];
}

/** Reads all intact records, also those behind damage. */
export function readRecords(content: Buffer): ReadRecords {
  const records: Uint8Array[] = [];
  const damaged: Buffer[] = [];
  let at = 0;
  while (at < content.length) {
    const record = readRecord(content, at);
    if (record !== undefined) {
      records.push(record);
      at += headLength + record.length;
      continue;
    }
    const found = content.indexOf(mark, at + 1);
    const next = found < 0 ? content.length : found;
    damaged.push(content.subarray(at, next));
    at = next;
  }
  return { records, damaged };
}

function readRecord(content: Buffer, at: number): Uint8Array | undefined {
  if (content.length < at + headLength || !content.subarray(at, at + mark.length).equals(mark)) return undefined;
  const length = content.readUInt32BE(at + mark.length);
  const start = at + headLength;
  if (length > maximumLength || content.length < start + length) return undefined;
  const record = content.subarray(start, start + length);
  return checksum(record).equals(content.subarray(start - 8, start)) ? new Uint8Array(record) : undefined;
}
