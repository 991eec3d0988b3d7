import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { epochIdLength } from './frame.ts';
import type { Role } from './identity.ts';
import { boxKeyLength } from './secret-box.ts';
import { publicKeyLength, signatureLength } from './signature.ts';

/** What a message inside a session looks like, who may send it, and whether only accepted sessions carry it. */
interface MessageRule {
  readonly code: number;
  readonly from: Role | 'both';
  readonly acceptedOnly: boolean;
}

/** Every message of a session; `docs/protocol.md` describes them. */
export const messageRules = {
  verdict: { code: 1, from: 'master', acceptedOnly: false },
  ping: { code: 2, from: 'both', acceptedOnly: false },
  pong: { code: 3, from: 'both', acceptedOnly: false },
  request: { code: 4, from: 'both', acceptedOnly: true },
  response: { code: 5, from: 'both', acceptedOnly: true },
  failure: { code: 6, from: 'both', acceptedOnly: true },
  cancel: { code: 7, from: 'both', acceptedOnly: true },
  publication: { code: 8, from: 'master', acceptedOnly: true },
  acknowledgement: { code: 9, from: 'minion', acceptedOnly: true },
  epoch: { code: 10, from: 'master', acceptedOnly: true },
  listening: { code: 11, from: 'minion', acceptedOnly: true },
  rekey: { code: 12, from: 'minion', acceptedOnly: false },
  rekeyed: { code: 13, from: 'master', acceptedOnly: false },
  goodbye: { code: 14, from: 'both', acceptedOnly: false },
  succession: { code: 15, from: 'master', acceptedOnly: false },
  time: { code: 16, from: 'master', acceptedOnly: false },
} as const satisfies Record<string, MessageRule>;

/** Codes of the verdicts. */
export const verdictCodes = { accepted: 1, pending: 2, rejected: 3, denied: 4, twin: 5, later: 6 } as const;

/** Codes of the reasons in a goodbye. */
const goodbyeCodes = { stopping: 1, replaced: 2, revoked: 3, 'keys-expired': 4, violation: 5 } as const;

/** Why a side ends a session. */
export type GoodbyeReason = keyof typeof goodbyeCodes;

/** A message inside a session. */
export type SessionMessage =
  | {
      readonly kind: 'verdict';
      readonly status: keyof typeof verdictCodes;
      readonly held: boolean;
      readonly heartbeatMilliseconds: number;
      /** The master's clock: milliseconds since the Unix epoch. */
      readonly time: number;
      readonly publishPort: number;
      /** With `later`: when to come again. */
      readonly retryMilliseconds: number;
      readonly signature: Uint8Array;
    }
  | { readonly kind: 'ping' | 'pong' }
  | { readonly kind: 'request'; readonly number: number; readonly verb: string; readonly body: Uint8Array }
  | { readonly kind: 'response' | 'failure'; readonly number: number; readonly body: Uint8Array }
  | { readonly kind: 'cancel'; readonly number: number }
  | { readonly kind: 'publication'; readonly signed: Uint8Array }
  | { readonly kind: 'acknowledgement'; readonly publicationId: string }
  | {
      readonly kind: 'epoch';
      readonly epoch: Uint8Array;
      readonly key: Uint8Array;
      readonly slot: number;
      readonly sequence: bigint;
    }
  | { readonly kind: 'listening'; readonly epoch: Uint8Array }
  | { readonly kind: 'rekey' | 'rekeyed'; readonly generation: number; readonly ephemeral: Uint8Array }
  | { readonly kind: 'goodbye'; readonly reason: GoodbyeReason }
  /** The master's new key, and the chain that leads to it. */
  | { readonly kind: 'succession'; readonly key: Uint8Array; readonly chain: Uint8Array }
  /** The master's clock was set: milliseconds since the Unix epoch. */
  | { readonly kind: 'time'; readonly time: number };

/** One kind of {@link SessionMessage}. */
export type MessageOf<Kind extends SessionMessage['kind']> = Extract<SessionMessage, { kind: Kind }>;

type Reading = (reader: ByteReader) => SessionMessage | undefined;

/** Writes a message. */
// oxlint-disable-next-line complexity -- one flat list of the fields of every message, nothing decided
export function encodeSessionMessage(message: SessionMessage): Uint8Array {
  const writer = new ByteWriter().u8(messageRules[message.kind].code);
  switch (message.kind) {
    case 'ping':
    case 'pong':
      return writer.toBytes();
    case 'verdict':
      return writeVerdict(writer, message).toBytes();
    case 'request':
      return writer.u32(message.number).text8(message.verb).bytes(message.body).toBytes();
    case 'response':
    case 'failure':
      return writer.u32(message.number).bytes(message.body).toBytes();
    case 'cancel':
      return writer.u32(message.number).toBytes();
    case 'publication':
      return writer.bytes(message.signed).toBytes();
    case 'acknowledgement':
      return writer.text8(message.publicationId).toBytes();
    case 'epoch':
      return writer.bytes(message.epoch).bytes(message.key).u32(message.slot).u64(message.sequence).toBytes();
    case 'listening':
      return writer.bytes(message.epoch).toBytes();
    case 'rekey':
    case 'rekeyed':
      return writer.u32(message.generation).bytes(message.ephemeral).toBytes();
    case 'goodbye':
      return writer.u8(goodbyeCodes[message.reason]).toBytes();
    case 'succession':
      return writer.bytes(message.key).bytes(message.chain).toBytes();
    case 'time':
      return writer.u64(BigInt(message.time)).toBytes();
  }
}

/** Reads a message; `undefined` when it is none. */
export function decodeSessionMessage(bytes: Uint8Array): SessionMessage | undefined {
  const reader = new ByteReader(bytes);
  const message = readings.get(reader.u8())?.(reader);
  return message !== undefined && reader.isComplete() ? message : undefined;
}

function writeVerdict(writer: ByteWriter, verdict: MessageOf<'verdict'>): ByteWriter {
  return writer
    .u8(verdictCodes[verdict.status])
    .u8(verdict.held ? 1 : 0)
    .u32(verdict.heartbeatMilliseconds)
    .u64(BigInt(verdict.time))
    .u16(verdict.publishPort)
    .u32(verdict.retryMilliseconds)
    .bytes(verdict.signature);
}

const readings: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [messageRules.verdict.code, readVerdict],
  [messageRules.ping.code, () => ({ kind: 'ping' })],
  [messageRules.pong.code, () => ({ kind: 'pong' })],
  [
    messageRules.request.code,
    (reader) => ({ kind: 'request', number: reader.u32(), verb: reader.text8(), body: reader.rest() }),
  ],
  [messageRules.response.code, (reader) => ({ kind: 'response', number: reader.u32(), body: reader.rest() })],
  [messageRules.failure.code, (reader) => ({ kind: 'failure', number: reader.u32(), body: reader.rest() })],
  [messageRules.cancel.code, (reader) => ({ kind: 'cancel', number: reader.u32() })],
  [messageRules.publication.code, (reader) => ({ kind: 'publication', signed: reader.rest() })],
  [messageRules.acknowledgement.code, (reader) => ({ kind: 'acknowledgement', publicationId: reader.text8() })],
  [
    messageRules.epoch.code,
    (reader) => ({
      kind: 'epoch',
      epoch: reader.bytes(epochIdLength),
      key: reader.bytes(boxKeyLength),
      slot: reader.u32(),
      sequence: reader.u64(),
    }),
  ],
  [messageRules.listening.code, (reader) => ({ kind: 'listening', epoch: reader.bytes(epochIdLength) })],
  [messageRules.rekey.code, (reader) => ({ kind: 'rekey', generation: reader.u32(), ephemeral: reader.bytes(32) })],
  [messageRules.rekeyed.code, (reader) => ({ kind: 'rekeyed', generation: reader.u32(), ephemeral: reader.bytes(32) })],
  [messageRules.goodbye.code, readGoodbye],
  [
    messageRules.succession.code,
    (reader) => ({ kind: 'succession', key: reader.bytes(publicKeyLength), chain: reader.rest() }),
  ],
  [messageRules.time.code, (reader) => ({ kind: 'time', time: Number(reader.u64()) })],
]);

function readVerdict(reader: ByteReader): SessionMessage | undefined {
  const status = nameOf(verdictCodes, reader.u8());
  const held = reader.u8();
  if (status === undefined || held > 1) return undefined;
  return {
    kind: 'verdict',
    status,
    held: held === 1,
    heartbeatMilliseconds: reader.u32(),
    time: Number(reader.u64()),
    publishPort: reader.u16(),
    retryMilliseconds: reader.u32(),
    signature: reader.bytes(signatureLength),
  };
}

function readGoodbye(reader: ByteReader): SessionMessage | undefined {
  const reason = nameOf(goodbyeCodes, reader.u8());
  return reason === undefined ? undefined : { kind: 'goodbye', reason };
}

function nameOf<Name extends string>(codes: Readonly<Record<Name, number>>, code: number): Name | undefined {
  return (Object.keys(codes) as Name[]).find((name) => codes[name] === code);
}
