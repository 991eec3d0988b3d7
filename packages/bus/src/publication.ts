import { parseMinionId } from '@brine/common';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { epochIdLength } from './frame.ts';
import type { Identity } from './identity.ts';
import { labelled } from './labelled.ts';
import { isSignatureOf, signatureLength } from './signature.ts';

/** Whom a signed publication is for. */
type Addressing =
  | { readonly form: 'direct'; readonly minionId: string }
  /** A bit for each slot of the epoch: bit n is bit n mod 8, from the lowest, of byte n div 8. */
  | { readonly form: 'broadcast'; readonly epoch: Uint8Array; readonly slots: Uint8Array };

/** What the master signs. */
export interface PublicationContent {
  readonly sequence: bigint;
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly notAfter: number;
  readonly addressing: Addressing;
  readonly body: Uint8Array;
}

const formCodes = { direct: 1, broadcast: 2 } as const;

/** Whether a text may be the id of a publication. */
export function isPublicationId(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,64}$/.test(text);
}

/** Writes and signs a publication. */
export function signPublication(identity: Identity, content: PublicationContent): Uint8Array {
  const { addressing } = content;
  const writer = new ByteWriter()
    .u8(formCodes[addressing.form])
    .u64(content.sequence)
    .text8(content.id)
    .u64(BigInt(content.notAfter));
  if (addressing.form === 'direct') writer.text8(addressing.minionId);
  else writer.bytes(addressing.epoch).bytes32(addressing.slots);
  const signed = writer.bytes32(content.body).toBytes();
  const signature = identity.sign(statement(signed));
  return Buffer.concat([signed, signature]);
}

/** Reads a publication and checks that the master signed it. */
export function readPublication(
  masterKey: Uint8Array,
  bytes: Uint8Array,
): PublicationContent | 'malformed' | 'unauthentic' {
  const reader = new ByteReader(bytes);
  const form = reader.u8();
  const sequence = reader.u64();
  const id = reader.text8();
  const notAfter = Number(reader.u64());
  const addressing = readAddressing(form, reader);
  const body = reader.bytes32();
  const signed = bytes.subarray(0, reader.offset);
  const signature = reader.bytes(signatureLength);
  if (addressing === undefined || !reader.isComplete() || !isPublicationId(id)) return 'malformed';
  if (!isSignatureOf(masterKey, statement(signed), signature)) return 'unauthentic';
  return { sequence, id, notAfter, addressing, body };
}

/** The bitmap in which exactly these slots are set. */
export function encodeSlots(slots: readonly number[]): Uint8Array {
  const highest = slots.reduce((high, slot) => Math.max(high, slot), -1);
  const bitmap = new Uint8Array((highest >> 3) + 1);
  for (const slot of slots) bitmap[slot >> 3] = (bitmap[slot >> 3] ?? 0) | (1 << (slot & 7));
  return bitmap;
}

/** Whether a slot is set in a bitmap. */
export function hasSlot(bitmap: Uint8Array, slot: number): boolean {
  return (((bitmap[Math.floor(slot / 8)] ?? 0) >> (slot & 7)) & 1) === 1;
}

function readAddressing(form: number, reader: ByteReader): Addressing | undefined {
  if (form === formCodes.direct) {
    const minionId = parseMinionId(reader.text8());
    return minionId === undefined ? undefined : { form: 'direct', minionId };
  }
  if (form !== formCodes.broadcast) return undefined;
  return { form: 'broadcast', epoch: reader.bytes(epochIdLength), slots: reader.bytes32() };
}

function statement(signed: Uint8Array): Uint8Array {
  return labelled('brine bus publication', signed);
}
