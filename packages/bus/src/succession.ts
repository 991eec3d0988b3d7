import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Identity, Role } from './identity.ts';
import { labelled } from './labelled.ts';
import { protocolLimits } from './protocol-limits.ts';
import { isSignatureOf, publicKeyLength, signatureLength } from './signature.ts';

/** A key that handed over to the next one of its owner: `from` signed which. */
export interface SuccessionLink {
  /** Ed25519, 32 bytes. */
  readonly from: Uint8Array;
  readonly signature: Uint8Array;
}

/** Hands over from an identity to the key `to` (Ed25519, 32 bytes) of the same role. */
export function signSuccession(identity: Identity, to: Uint8Array): SuccessionLink {
  return { from: identity.publicKey, signature: identity.sign(statement(identity.role, identity.publicKey, to)) };
}

/** Whether the owner of `link.from` handed over to the key `to`. */
export function isSuccession(role: Role, link: SuccessionLink, to: Uint8Array): boolean {
  return isSignatureOf(link.from, statement(role, link.from, to), link.signature);
}

/**
 * Whether a trusted key leads to the master's key `current` through a chain, oldest link first: each hands over to the
 * key of the next link, the last to `current`. What came before the trusted key does not matter.
 */
export function leadsTo(
  current: Uint8Array,
  chain: readonly SuccessionLink[],
  isTrusted: (key: Uint8Array) => boolean,
): boolean {
  // The newest trusted link: after two rotations back and forth the older one proves nothing more.
  const start = chain.findLastIndex(({ from }) => isTrusted(from));
  if (start < 0) return false;
  return chain
    .slice(start)
    .every((link, index, rest) => isSuccession('master', link, rest[index + 1]?.from ?? current));
}

/** Writes a chain as it stands in a challenge; only the newest links that the limit has room for. */
export function encodeChain(chain: readonly SuccessionLink[]): Uint8Array {
  const writer = new ByteWriter();
  for (const { from, signature } of chain.slice(-protocolLimits.successionLinks)) writer.bytes(from).bytes(signature);
  return writer.toBytes();
}

/** Reads a chain; `undefined` when it is none. */
export function decodeChain(bytes: Uint8Array): readonly SuccessionLink[] | undefined {
  const length = publicKeyLength + signatureLength;
  const count = bytes.length / length;
  if (!Number.isInteger(count) || count > protocolLimits.successionLinks) return undefined;
  const reader = new ByteReader(bytes);
  return Array.from({ length: count }, () => ({
    from: reader.bytes(publicKeyLength).slice(),
    signature: reader.bytes(signatureLength).slice(),
  }));
}

function statement(role: Role, from: Uint8Array, to: Uint8Array): Uint8Array {
  return labelled('brine bus succession', new ByteWriter().text8(role).toBytes(), from, to);
}
