import type { Value } from '@brine/common';
import { decodeText, decryptTexts } from './decrypt-texts.ts';
import { rememberPlaintexts, type PlaintextCache } from './plaintext-cache.ts';
import type { InjectedRendererRequest } from './renderer.ts';

/** What the nacl renderer works with. */
export interface NaclRendererOptions {
  /** Opens one box, in base64; throws an AppError that never shows any plaintext. */
  readonly decrypt: (box: string) => Promise<Uint8Array>;
  /** Told every decrypted text, so that it can be kept out of logs and returns. */
  readonly onSecret?: (text: string) => unknown;
  /** Where plaintexts are kept; hand the same one to several renderers to decrypt once for all of them. */
  readonly plaintexts?: PlaintextCache;
}

/** Opens all boxes of a value; dicts and lists are changed in place. Throws `nacl-decrypt`. */
export type NaclRenderer = (input: Value, request?: Pick<InjectedRendererRequest, 'positionOf'>) => Promise<Value>;

const wholeBox = /^NACL\[(.*)\]\n?$/;

/** The `nacl` renderer: replaces every text `NACL[…]` by what was encrypted. */
export function createNaclRenderer({ decrypt, onSecret, plaintexts }: NaclRendererOptions): NaclRenderer {
  const decryptOnce = rememberPlaintexts((box) => decrypt(new TextDecoder().decode(box)), plaintexts);
  return (input, request) =>
    decryptTexts(input, {
      code: 'nacl-decrypt',
      isEncrypted: (text) => wholeBox.test(text),
      decrypt: async (text) => {
        const bytes = await decryptOnce(new TextEncoder().encode(wholeBox.exec(text)?.[1] ?? ''));
        const plain = decodeText(bytes);
        if (plain !== undefined && plain !== '') await onSecret?.(plain);
        return plain ?? bytes;
      },
      ...(request?.positionOf === undefined ? {} : { positionOf: request.positionOf }),
    });
}
