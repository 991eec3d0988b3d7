import { isDict, type Dict } from './value.ts';
import { decodeMessage, decodeValue, encodeMessage, encodeValue } from './wire/codec.ts';

/** What a minion says for itself when it offers its key. It counts for nothing until the master has checked it. */
export interface KeyClaims {
  /** A join token, as `salt-key --token create` printed it. */
  readonly token?: string;
  /** The grains that the minion's `autosign_grains` names. */
  readonly grains?: Dict;
  /** Names the running machine, so that one that connects twice is told from a copy of it. */
  readonly instance?: string;
  /** The offered key takes the place of `from` (Ed25519, 32 bytes), which signed that. */
  readonly succession?: { readonly from: Uint8Array; readonly signature: Uint8Array };
}

/** Writes claims for the handshake; no claims are no bytes. */
export function encodeKeyClaims({ token, grains, instance, succession }: KeyClaims): Uint8Array {
  const said = {
    ...(token === undefined ? {} : { token }),
    ...(grains === undefined ? {} : { grains: encodeValue(grains) }),
    ...(succession === undefined ? {} : { from: succession.from, signature: succession.signature }),
    ...(instance === undefined ? {} : { instance }),
  };
  return Object.keys(said).length === 0 ? new Uint8Array() : encodeMessage(said);
}

/** Reads claims out of a handshake. They come from a stranger: what is none is left out, and nothing throws. */
export function decodeKeyClaims(bytes: Uint8Array): KeyClaims {
  if (bytes.length === 0) return {};
  try {
    return readClaims(decodeMessage(bytes));
  } catch {
    return {};
  }
}

function readClaims(said: unknown): KeyClaims {
  if (typeof said !== 'object' || said === null) return {};
  const { token, grains, from, signature, instance } = said as Readonly<Record<string, unknown>>;
  const dict = grains instanceof Uint8Array ? decodeValue(grains) : undefined;
  return {
    ...(typeof token === 'string' && token.length <= 512 ? { token } : {}),
    ...(isDict(dict) ? { grains: dict } : {}),
    ...(typeof instance === 'string' && instance.length <= 128 ? { instance } : {}),
    ...(isBytes(from, 32) && isBytes(signature, 64) ? { succession: { from, signature } } : {}),
  };
}

function isBytes(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}
