import { createHash } from 'node:crypto';
import { AppError, isAppError, isDict, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import type { InjectedRenderer, InjectedRendererRequest } from './renderer.ts';
import { createTurnstile } from './turnstile.ts';

/** What the gpg renderer works with. */
export interface GpgRendererOptions {
  /** Decrypts one armored PGP message; throws an AppError that names the missing key and never any plaintext. */
  readonly decrypt: (ciphertext: Uint8Array) => Promise<Uint8Array>;
  /** Told every decrypted text, so that it can be kept out of logs and returns; also when it came from the cache. */
  readonly onSecret?: (text: string) => void;
  /** Whether a message that cannot be decrypted fails the file (the default) or stays as it is. */
  readonly mustSucceed?: boolean;
  /** Messages decrypted at the same time; 4 unless given. */
  readonly parallel?: number;
  /** Where plaintexts are kept; hand the same one to several renderers to decrypt once for all of them. */
  readonly plaintexts?: PlaintextCache;
  /** Plaintexts kept at most; 10,000 unless given. */
  readonly kept?: number;
}

/** Plaintexts in memory, by digest of the ciphertext. */
export type PlaintextCache = Map<string, Promise<Uint8Array>>;

/** Decrypts all PGP messages of a value; dicts and lists are changed in place. Throws `pgp-decrypt`. */
export type GpgRenderer = (
  input: Value,
  request?: Pick<InjectedRendererRequest, 'positionOf'>,
) => ReturnType<InjectedRenderer>;

interface Slot {
  readonly text: string;
  /** Where the text stands: key path from the top, for errors. */
  readonly path: readonly Value[];
  readonly container: Dict | Value[] | undefined;
  readonly put: (value: Value) => void;
}

const block = /-----BEGIN PGP MESSAGE-----.*?-----END PGP MESSAGE-----/gs;

/** The `gpg` renderer: replaces every PGP message in texts, however many a text has, by what was encrypted. */
export function createGpgRenderer(options: GpgRendererOptions): GpgRenderer {
  const decryptBlock = createBlockDecrypter(options);
  return async (input, request) => {
    let output = input;
    const slots: Slot[] = [];
    collectSlots(input, { path: [], container: undefined, put: (value) => (output = value) }, slots, new Set());
    const outcomes = await Promise.all(
      slots.map(async (slot) => {
        try {
          slot.put(await decryptText(slot.text, decryptBlock));
          return [];
        } catch (error) {
          return [failure(error, slot, request)];
        }
      }),
    );
    const problems = outcomes.flat();
    if (problems.length === 0) return output;
    const message = problems.map(({ summary }) => summary).join('\n');
    throw new AppError({ code: 'pgp-decrypt', message, problems });
  };
}

function collectSlots(value: Value, place: Omit<Slot, 'text'>, slots: Slot[], seen: Set<object>): void {
  if (typeof value === 'string') {
    if (value.search(block) !== -1) slots.push({ text: value, ...place });
    return;
  }
  if (!isDict(value) && !Array.isArray(value)) return;
  // What is aliased is shared: once is enough.
  if (seen.has(value)) return;
  seen.add(value);
  for (const [key, item] of value.entries()) {
    const put = (decrypted: Value): void => {
      if (isDict(value)) value.set(key, decrypted);
      else value[Number(key)] = decrypted;
    };
    collectSlots(item, { path: [...place.path, key], container: value, put }, slots, seen);
  }
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
  const cache: PlaintextCache = options.plaintexts ?? new Map();
  const enter = createTurnstile(parallel);
  return async (written) => {
    const ciphertext = new TextEncoder().encode(written.replaceAll('\\n', '\n'));
    const digest = createHash('sha256').update(ciphertext).digest('base64');
    let plaintext = cache.get(digest);
    if (plaintext === undefined) {
      plaintext = enter(() => decrypt(ciphertext));
      if (cache.size >= kept) cache.delete(cache.keys().next().value ?? '');
      cache.set(digest, plaintext);
    }
    try {
      const bytes = await plaintext;
      const text = decodeText(bytes);
      if (text !== undefined && text !== '') onSecret?.(text);
      return bytes;
    } catch (error) {
      // The key may be imported until the next try.
      cache.delete(digest);
      if (mustSucceed) throw error;
      return new TextEncoder().encode(written);
    }
  };
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function failure(
  caught: unknown,
  slot: Slot,
  request: Pick<InjectedRendererRequest, 'positionOf'> | undefined,
): Problem {
  // What is no AppError was not made to be shown, and might hold what it choked on.
  const reason = isAppError(caught) ? caught.message : 'the decryption program failed';
  const path = slot.path.map(pythonStr).join(':');
  const span = slot.container && request?.positionOf?.(slot.container, slot.path.at(-1) ?? null);
  return {
    severity: 'error',
    code: 'pgp-decrypt',
    summary: path === '' ? `Could not decrypt: ${reason}` : `Could not decrypt ${path}: ${reason}`,
    ...(span === undefined ? {} : { span }),
  };
}
