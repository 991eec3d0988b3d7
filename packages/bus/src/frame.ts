import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { protocolLimits } from './protocol-limits.ts';

/** The first byte of every frame; `docs/protocol.md` describes them. */
export const frameCodes = { hello: 1, puzzle: 2, challenge: 3, proof: 4, sealed: 5, broadcast: 6 } as const;

/** A frame whose outer fields were read; what is boxed is still closed. */
export type Frame =
  | {
      readonly kind: 'hello';
      readonly version: number;
      readonly ephemeral: Uint8Array;
      readonly puzzle: Uint8Array;
      readonly solution: bigint;
    }
  | { readonly kind: 'puzzle'; readonly version: number; readonly bits: number; readonly puzzle: Uint8Array }
  | { readonly kind: 'challenge'; readonly version: number; readonly ephemeral: Uint8Array; readonly box: Uint8Array }
  | { readonly kind: 'proof'; readonly version: number; readonly box: Uint8Array }
  | { readonly kind: 'sealed'; readonly generation: number; readonly counter: bigint; readonly box: Uint8Array }
  | { readonly kind: 'broadcast'; readonly epoch: Uint8Array; readonly sequence: bigint; readonly box: Uint8Array };

/** One kind of {@link Frame}. */
export type FrameOf<Kind extends Frame['kind']> = Extract<Frame, { kind: Kind }>;

/** Length of an epoch's id. */
export const epochIdLength = 8;

/** Writes a frame. */
export function encodeFrame(frame: Frame): Uint8Array {
  const writer = new ByteWriter().u8(frameCodes[frame.kind]);
  switch (frame.kind) {
    case 'hello':
      return writer.u8(frame.version).bytes(frame.ephemeral).bytes(frame.puzzle).u64(frame.solution).toBytes();
    case 'puzzle':
      return writer.u8(frame.version).u8(frame.bits).bytes(frame.puzzle).toBytes();
    case 'challenge':
      return writer.u8(frame.version).bytes(frame.ephemeral).bytes(frame.box).toBytes();
    case 'proof':
      return writer.u8(frame.version).bytes(frame.box).toBytes();
    case 'sealed':
      return writer.u32(frame.generation).u64(frame.counter).bytes(frame.box).toBytes();
    case 'broadcast':
      return writer.bytes(frame.epoch).u64(frame.sequence).bytes(frame.box).toBytes();
  }
}

/** Reads a frame; `undefined` when it is none. */
export function decodeFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length > protocolLimits.frameBytes) return undefined;
  const reader = new ByteReader(bytes);
  const frame = readFrame(reader.u8(), reader);
  return frame !== undefined && reader.isComplete() ? frame : undefined;
}

function readFrame(code: number, reader: ByteReader): Frame | undefined {
  switch (code) {
    case frameCodes.hello:
      return {
        kind: 'hello',
        version: reader.u8(),
        ephemeral: reader.bytes(32),
        puzzle: reader.bytes(32),
        solution: reader.u64(),
      };
    case frameCodes.puzzle:
      return { kind: 'puzzle', version: reader.u8(), bits: reader.u8(), puzzle: reader.bytes(32) };
    case frameCodes.challenge:
      return { kind: 'challenge', version: reader.u8(), ephemeral: reader.bytes(32), box: reader.rest() };
    case frameCodes.proof:
      return { kind: 'proof', version: reader.u8(), box: reader.rest() };
    case frameCodes.sealed:
      return { kind: 'sealed', generation: reader.u32(), counter: reader.u64(), box: reader.rest() };
    case frameCodes.broadcast:
      return { kind: 'broadcast', epoch: reader.bytes(epochIdLength), sequence: reader.u64(), box: reader.rest() };
    default:
      return undefined;
  }
}
