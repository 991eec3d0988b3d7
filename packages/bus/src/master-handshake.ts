import { parseMinionId, type MinionId } from '@brine/common';
import { ByteReader } from './byte-reader.ts';
import type { DropReason } from './drop-counter.ts';
import { encodeFrame, type FrameOf } from './frame.ts';
import { handshakeNonce } from './handshake-nonce.ts';
import type { Identity } from './identity.ts';
import { createEphemeralKey, type EphemeralKey } from './key-agreement.ts';
import { protocolLimits, protocolVersion } from './protocol-limits.ts';
import { openPaddedBox, sealBox } from './secret-box.ts';
import { isSignatureOf, publicKeyLength, signatureLength } from './signature.ts';
import {
  challengedHash,
  challengeKey,
  deriveSessionKeys,
  masterStatement,
  minionStatement,
  openingHash,
  proofKey,
  provenHash,
  type Claimant,
  type SessionKeys,
} from './transcript.ts';

/** Who a master is now. */
export interface MasterSelf {
  readonly identity: Identity;
  /** How former keys lead to it, as {@link encodeChain} writes it. */
  readonly chain: Uint8Array;
}

/** A peer that proved to hold its key. Whether that key may have that id is for the key store to judge. */
export interface ProvenPeer extends Claimant {
  readonly id: MinionId;
  readonly keys: SessionKeys;
  /** The hash of the whole handshake, for the signature of the verdict. */
  readonly proven: Uint8Array;
}

/** A master's side of one handshake, after its challenge. */
export interface MasterHandshake {
  readonly challenge: Uint8Array;
  /** Reads the proof; the secrets of the handshake are gone afterwards, whatever it was. */
  readProof(frame: FrameOf<'proof'>): ProvenPeer | DropReason;
  /** Forgets the secrets. */
  abandon(): void;
}

/** Answers a hello whose version and puzzle were checked. */
export function createMasterHandshake(
  { identity, chain }: MasterSelf,
  minionEphemeral: Uint8Array,
  ephemeral: EphemeralKey = createEphemeralKey(),
): MasterHandshake | DropReason {
  const secret = ephemeral.agree(minionEphemeral);
  if (secret === undefined) return 'unauthentic';
  const opening = openingHash(minionEphemeral, ephemeral.publicKey);
  const signature = identity.sign(masterStatement(opening, identity.publicKey));
  const key = challengeKey(secret, opening);
  const box = sealBox(key, handshakeNonce('challenge'), Buffer.concat([identity.publicKey, signature, chain]));
  key.fill(0);
  const challenged = challengedHash(opening, { masterKey: identity.publicKey, signature, chain });
  return {
    challenge: encodeFrame({ kind: 'challenge', version: protocolVersion, ephemeral: ephemeral.publicKey, box }),
    readProof: (frame) => {
      const peer = readProof(secret, challenged, frame);
      secret.fill(0);
      return peer;
    },
    abandon: () => secret.fill(0),
  };
}

function readProof(secret: Uint8Array, challenged: Uint8Array, frame: FrameOf<'proof'>): ProvenPeer | DropReason {
  if (frame.version !== protocolVersion) return 'version';
  const key = proofKey(secret, challenged);
  const plain = openPaddedBox(key, handshakeNonce('proof'), frame.box);
  key.fill(0);
  if (plain === undefined) return 'unauthentic';
  const reader = new ByteReader(plain);
  const publicKey = reader.bytes(publicKeyLength).slice();
  const id = parseMinionId(reader.text8());
  const sequence = reader.u64();
  const claims = reader.bytes16().slice();
  const claimant = plain.subarray(0, reader.offset);
  const signature = reader.bytes(signatureLength);
  if (id === undefined || claims.length > protocolLimits.claimsBytes || !reader.isComplete()) return 'malformed';
  if (!isSignatureOf(publicKey, minionStatement(challenged, claimant), signature)) return 'unauthentic';
  const proven = provenHash(challenged, claimant, signature);
  return { publicKey, id, sequence, claims, proven, keys: deriveSessionKeys(secret, proven) };
}
