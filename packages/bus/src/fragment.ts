import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { protocolLimits } from './protocol-limits.ts';

/** A piece of a message, as it stands in one sealed frame. */
export interface Fragment {
  readonly messageNumber: number;
  /** Length of the whole message. */
  readonly total: number;
  /** Where in the message `bytes` belong. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function encodeFragment(fragment: Fragment): Uint8Array {
  const { messageNumber, total, offset, bytes } = fragment;
  return new ByteWriter().u32(messageNumber).u32(total).u32(offset).bytes(bytes).toBytes();
}

/** Reads a fragment; `undefined` when it is none. */
export function decodeFragment(plain: Uint8Array): Fragment | undefined {
  const reader = new ByteReader(plain);
  const fragment = {
    messageNumber: reader.u32(),
    total: reader.u32(),
    offset: reader.u32(),
    bytes: reader.rest(),
  };
  const { bytes, offset, total } = fragment;
  if (!reader.isComplete() || bytes.length === 0 || bytes.length > protocolLimits.fragmentBytes) return undefined;
  return offset + bytes.length <= total ? fragment : undefined;
}
