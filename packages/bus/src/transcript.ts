import { ByteWriter } from './byte-writer.ts';
import { boxKeyLength } from './secret-box.ts';
import { deriveKey, labelled, labelledHash } from './labelled.ts';
import { protocolVersion } from './protocol-limits.ts';
import { verdictCodes } from './session-message.ts';

/** The keys that a handshake or a renewal ends with; each 32 bytes. */
export interface SessionKeys {
  readonly fromMinion: Uint8Array;
  readonly fromMaster: Uint8Array;
  /** From which, with a new agreement, the next keys come. */
  readonly chain: Uint8Array;
}

/** What a minion says of itself in its proof; everything that it signs besides the transcript. */
export interface Claimant {
  readonly publicKey: Uint8Array;
  readonly id: string;
  /** The highest publication sequence that the minion has seen. */
  readonly sequence: bigint;
  readonly claims: Uint8Array;
}

/** The hash of version, roles and both ephemeral keys: T1 of `docs/protocol.md`. */
export function openingHash(minionEphemeral: Uint8Array, masterEphemeral: Uint8Array): Uint8Array {
  const roles = new ByteWriter().u8(protocolVersion).text8('minion').text8('master').toBytes();
  return labelledHash('brine bus transcript', roles, minionEphemeral, masterEphemeral);
}

export function challengeKey(secret: Uint8Array, opening: Uint8Array): Uint8Array {
  return deriveKey(secret, opening, labelled('brine bus challenge'), boxKeyLength);
}

/** What the master signs in its challenge. */
export function masterStatement(opening: Uint8Array, masterKey: Uint8Array): Uint8Array {
  return labelled('brine bus master', opening, masterKey);
}

/** What the box of a challenge holds: the master's key, its signature, and the chain that leads to that key. */
export interface ChallengeContent {
  readonly masterKey: Uint8Array;
  readonly signature: Uint8Array;
  readonly chain: Uint8Array;
}

/** The hash that includes the challenge: T2. */
export function challengedHash(opening: Uint8Array, { masterKey, signature, chain }: ChallengeContent): Uint8Array {
  return labelledHash('brine bus challenged', opening, masterKey, signature, chain);
}

export function proofKey(secret: Uint8Array, challenged: Uint8Array): Uint8Array {
  return deriveKey(secret, challenged, labelled('brine bus proof'), boxKeyLength);
}

/** What the minion says of itself, as it stands in the proof and in the transcript. */
export function encodeClaimant(claimant: Claimant): Uint8Array {
  const { publicKey, id, sequence, claims } = claimant;
  return new ByteWriter().bytes(publicKey).text8(id).u64(sequence).bytes16(claims).toBytes();
}

/** What the minion signs in its proof. */
export function minionStatement(challenged: Uint8Array, claimant: Uint8Array): Uint8Array {
  return labelled('brine bus minion', challenged, claimant);
}

/** The hash of the whole handshake: T3. */
export function provenHash(challenged: Uint8Array, claimant: Uint8Array, signature: Uint8Array): Uint8Array {
  return labelledHash('brine bus proven', challenged, claimant, signature);
}

/** What the master signs in each verdict. */
export function verdictStatement(proven: Uint8Array, status: keyof typeof verdictCodes): Uint8Array {
  return labelled('brine bus verdict', proven, Uint8Array.of(verdictCodes[status]));
}

/** The first keys of a session. */
export function deriveSessionKeys(secret: Uint8Array, proven: Uint8Array): SessionKeys {
  return splitKeys(deriveKey(secret, proven, labelled('brine bus session'), 3 * boxKeyLength));
}

/** The keys of the next generation of a session. */
export function deriveRenewedKeys(
  secret: Uint8Array,
  chain: Uint8Array,
  renewal: { generation: number; minionEphemeral: Uint8Array; masterEphemeral: Uint8Array },
): SessionKeys {
  const generation = new ByteWriter().u32(renewal.generation).toBytes();
  const info = labelled('brine bus rekey', generation, renewal.minionEphemeral, renewal.masterEphemeral);
  return splitKeys(deriveKey(secret, chain, info, 3 * boxKeyLength));
}

function splitKeys(bytes: Uint8Array): SessionKeys {
  const keys = {
    fromMinion: bytes.slice(0, boxKeyLength),
    fromMaster: bytes.slice(boxKeyLength, 2 * boxKeyLength),
    chain: bytes.slice(2 * boxKeyLength),
  };
  bytes.fill(0);
  return keys;
}
