import { unboxSecretly, unseal } from '../../providers/nacl/boxes.ts';
import { failure } from '../failure.ts';
import { fromBase64 } from './keys.ts';

/** Opens a box in base64. Throws when it cannot, without a word of what is in it. */
export function unbox(text: string, key: Uint8Array, isShared: boolean): Uint8Array {
  const box = fromBase64(text);
  if (box === undefined) throw failure('the encrypted text is not base64');
  const plain = isShared ? unboxSecretly(box, key) : unseal(box, key);
  if (plain !== undefined) return plain;
  throw failure('Unable to decrypt message: it was encrypted for another key, or is damaged');
}
