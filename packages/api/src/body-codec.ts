import { decodeValue, dumpJson, encodeValue, isDict, loadJson, type Value } from '@brine/common';

/** How values are written in requests and answers: JSON for people, MessagePack to keep every type. */
export interface BodyCodec {
  readonly contentType: string;
  decode(body: Uint8Array): Value;
  encode(value: Value): Uint8Array;
  /** One item of a stream. */
  encodeItem(value: Value): Uint8Array;
}

/** MessagePack; a stream is a sequence of 4-byte big-endian lengths, each followed by one value. */
export const messagePackCodec: BodyCodec = {
  contentType: 'application/x-msgpack',
  decode: decodeValue,
  encode: encodeValue,
  encodeItem(value) {
    const body = encodeValue(value);
    const item = new Uint8Array(body.length + 4);
    new DataView(item.buffer).setUint32(0, body.length);
    item.set(body, 4);
    return item;
  },
};

/** JSON; a stream is one value a line. */
export const jsonCodec: BodyCodec = {
  contentType: 'application/json',
  decode: (body) => loadJson(Buffer.from(body).toString('utf8')),
  encode: (value) => Buffer.from(dumpJson(value)),
  encodeItem: (value) => Buffer.from(`${dumpJson(value)}\n`),
};

/** Server-sent events: one event an item, named by its `kind` where it has one. */
export const eventStreamCodec: BodyCodec = {
  ...jsonCodec,
  contentType: 'text/event-stream;charset=utf-8',
  encodeItem(value) {
    const kind = isDict(value) ? value.get('kind') : undefined;
    const name = typeof kind === 'string' ? `event: ${kind}\n` : '';
    return Buffer.from(`${name}data: ${dumpJson(value)}\n\n`);
  },
};

/** The codec for a `Content-Type` or `Accept` header. */
export function codecFor(header: string | undefined): BodyCodec {
  return header?.includes('msgpack') === true ? messagePackCodec : jsonCodec;
}
