import type { Value } from '@brine/common';
import { decodeText, decryptTexts } from './decrypt-texts.ts';
import type { InjectedRenderer, InjectedRendererRequest } from './renderer.ts';
import { rememberPlaintexts, type PlaintextCache } from './plaintext-cache.ts';
import { createTurnstile } from './turnstile.ts';

/** What the gpg renderer works with. */
export interface GpgRendererOptions {
  /** Decrypts one armored PGP message; throws an AppError that names the missing key and never any plaintext. */
  readonly decrypt: (ciphertext: Uint8Array) => Promise<Uint8Array>;
  /** Told every decrypted text, so that it can be kept out of logs and returns; also when it came from the cache. */
  readonly onSecret?: (text: string) => unknown;
  /** Whether a message that cannot be decrypted fails the file (the default) or stays as it is. */
  readonly mustSucceed?: boolean;
  /** Messages decrypted at the same time; 4 unless given. */
  readonly parallel?: number;
  /** Where plaintexts are kept; hand the same one to several renderers to decrypt once for all of them. */
  readonly plaintexts?: PlaintextCache;
  /** Plaintexts kept at most; 10,000 unless given. */
  readonly kept?: number;
}

/** Decrypts all PGP messages of a value; dicts and lists are changed in place. Throws `pgp-decrypt`. */
export type GpgRenderer = (
  input: Value,
  request?: Pick<InjectedRendererRequest, 'positionOf'>,
) => ReturnType<InjectedRenderer>;

const block = /-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----/gs;

/** The `gpg` renderer: replaces every PGP message in texts, however many a text has, by what was encrypted. */
export function createGpgRenderer(options: GpgRendererOptions): GpgRenderer {
  const decryptBlock = createBlockDecrypter(options);
  return (input, request) =>
    decryptTexts(input, {
      code: 'pgp-decrypt',
      isEncrypted: (text) => text.search(block) !== -1,
      decrypt: (text) => decryptText(text, decryptBlock),
      ...(request?.positionOf === undefined ? {} : { positionOf: request.positionOf }),
    });
}

async function decryptText(text: string, decryptBlock: (block: string) => Promise<Uint8Array>): Promise<Value> {
  const parts: Uint8Array[] = [];
  let end = 0;
  const encoder = new TextEncoder();
  const blocks = [...text.matchAll(block)];
  const plaintexts = await Promise.all(blocks.map(([ciphertext]) => decryptBlock(ciphertext)));
  for (const [index, { 0: ciphertext, index: start }] of blocks.entries()) {
    parts.push(encoder.encode(text.slice(end, start)), plaintexts[index] ?? new Uint8Array());
    end = start + ciphertext.length;
  }
  parts.push(encoder.encode(text.slice(end)));
  const bytes = Buffer.concat(parts);
  // The line break that ends a block scalar in the file is not part of the secret.
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0x0a) length -= 1;
  return decodeText(bytes.subarray(0, length)) ?? new Uint8Array(bytes.subarray(0, length));
}

function createBlockDecrypter(options: GpgRendererOptions): (block: string) => Promise<Uint8Array> {
  const { decrypt, onSecret, mustSucceed = true, parallel = 4, kept = 10_000 } = options;
  const enter = createTurnstile(parallel);
  const decryptOnce = rememberPlaintexts((ciphertext) => enter(() => decrypt(ciphertext)), options.plaintexts, kept);
  return async (written) => {
    try {
      const bytes = await decryptOnce(new TextEncoder().encode(written.replaceAll('\\n', '\n')));
      const text = decodeText(bytes);
      if (text !== undefined && text !== '') await onSecret?.(text);
      return bytes;
    } catch (error) {
      if (mustSucceed) throw error;
      return new TextEncoder().encode(written);
    }
  };
}
