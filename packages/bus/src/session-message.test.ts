import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { decodeFrame } from './frame.ts';
import { decodeSessionMessage, encodeSessionMessage, messageRules, type SessionMessage } from './session-message.ts';

const eight = new Uint8Array(8).fill(3);
const key = new Uint8Array(32).fill(4);
const signature = new Uint8Array(64).fill(5);
const body = Uint8Array.of(1, 2);

const messages: readonly SessionMessage[] = [
  {
    kind: 'verdict',
    status: 'pending',
    held: true,
    heartbeatMilliseconds: 15_000,
    time: 1_700_000_000_000,
    publishPort: 4505,
    retryMilliseconds: 1500,
    signature,
  },
  { kind: 'ping' },
  { kind: 'pong' },
  { kind: 'request', number: 4_294_967_295, verb: 'file.get', body },
  { kind: 'response', number: 1, body },
  { kind: 'failure', number: 1, body },
  { kind: 'cancel', number: 1 },
  { kind: 'publication', signed: body },
  { kind: 'acknowledgement', publicationId: '20260101000000000000' },
  { kind: 'epoch', epoch: eight, key, slot: 70_000, sequence: 18_446_744_073_709_551_615n },
  { kind: 'listening', epoch: eight },
  { kind: 'rekey', generation: 1, ephemeral: key },
  { kind: 'rekeyed', generation: 1, ephemeral: key },
  { kind: 'goodbye', reason: 'revoked' },
  { kind: 'succession', key, chain: signature },
  { kind: 'time', time: 1_700_000_000_000 },
];

describe('session messages', () => {
  it('are all here', () => {
    expect(messages.map(({ kind }) => kind)).toEqual(Object.keys(messageRules));
  });

  it.each(messages)('are read as they were written: $kind', (message) => {
    const encoded = encodeSessionMessage(message);
    expect(encoded[0]).toBe(messageRules[message.kind].code);
    expect(decodeSessionMessage(encoded)).toEqual(message);
  });

  it.each(
    messages.filter(({ kind }) => !['request', 'response', 'failure', 'publication', 'succession'].includes(kind)),
  )('are refused when something follows them: $kind', (message) => {
    expect(decodeSessionMessage(Uint8Array.of(...encodeSessionMessage(message), 0))).toBeUndefined();
  });

  it('of unknown code, status, reason or flag are refused', () => {
    const verdict = encodeSessionMessage(messages[0] ?? { kind: 'ping' });
    const changed = [1, 2].map((at) => verdict.map((byte, index) => (index === at ? 9 : byte)));
    const broken = [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(15), Uint8Array.of(14, 99), ...changed];
    expect(broken.map(decodeSessionMessage)).toEqual(broken.map(() => undefined));
  });

  it('with a verb that is not UTF-8 are refused', () => {
    expect(decodeSessionMessage(Uint8Array.of(4, 0, 0, 0, 1, 1, 0xff))).toBeUndefined();
  });

  it('and frames of any shape never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => [decodeSessionMessage(bytes), decodeFrame(bytes)]).not.toThrow();
      }),
      { numRuns: 5_000 },
    );
  });
});
