import { frameCodes } from './frame.ts';
import { boxNonceLength } from './secret-box.ts';

/** The nonce of a broadcast: its epoch and sequence, which never meet twice. */
export function broadcastNonce(epoch: Uint8Array, sequence: bigint): Uint8Array {
  const nonce = new Uint8Array(boxNonceLength);
  nonce[0] = frameCodes.broadcast;
  new DataView(nonce.buffer).setBigUint64(8, sequence);
  nonce.set(epoch, 16);
  return nonce;
}
