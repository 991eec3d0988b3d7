import type { Value } from '@brine/common';
import type { PillarDecrypter } from '../pillar/decrypt-pillar.ts';
import { createGpgRenderer, type GpgRendererOptions } from './gpg-renderer.ts';
import { createNaclRenderer, type NaclRendererOptions } from './nacl-renderer.ts';
import type { PlaintextCache } from './plaintext-cache.ts';
import type { InjectedRenderer } from './renderer.ts';

/** What decrypts, and who is told of it. */
export interface DecryptionOptions extends Pick<GpgRendererOptions, 'onSecret' | 'mustSucceed'> {
  readonly gpg: GpgRendererOptions['decrypt'];
  readonly nacl: NaclRendererOptions['decrypt'];
  /** Where plaintexts are kept, to decrypt once what several files have. */
  readonly plaintexts?: PlaintextCache;
}

/** The renderers that decrypt, for renderer lines and for `decrypt_pillar`. */
export interface DecryptingRenderers {
  readonly renderers: ReadonlyMap<string, InjectedRenderer>;
  readonly decrypters: ReadonlyMap<string, PillarDecrypter>;
}

/** The renderers `gpg` and `nacl`. */
export function createDecryptingRenderers({ gpg, nacl, ...shared }: DecryptionOptions): DecryptingRenderers {
  const { onSecret, plaintexts } = shared;
  const boxes = createNaclRenderer({
    decrypt: nacl,
    ...(onSecret === undefined ? {} : { onSecret }),
    ...(plaintexts === undefined ? {} : { plaintexts }),
  });
  const messages = createGpgRenderer({ decrypt: gpg, ...shared });
  return {
    renderers: new Map<string, InjectedRenderer>([
      ['gpg', (input, request) => messages(input, request)],
      ['nacl', (input, request) => boxes(input, request)],
    ]),
    decrypters: new Map<string, PillarDecrypter>([
      ['gpg', async (value: Value) => messages(value)],
      ['nacl', async (value: Value) => boxes(value)],
    ]),
  };
}
