import { secretKeyOf, usesSecretbox, type KeySurroundings } from './keys.ts';
import { unbox } from './unbox.ts';

/** Opens boxes, in base64, with the keys that `nacl.config` of the configuration names. What it throws shows no plaintext. */
export function createNaclDecrypt(surroundings: KeySurroundings): (box: string) => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined;
  return async (box) => {
    key ??= secretKeyOf({}, surroundings);
    try {
      return unbox(box, await key, usesSecretbox({}, surroundings));
    } catch (error) {
      // The file of the key may be there at the next try.
      key = undefined;
      throw error;
    }
  };
}
