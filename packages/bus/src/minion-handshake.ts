import type { DropReason } from './drop-counter.ts';
import { encodeFrame, type FrameOf } from './frame.ts';
import { handshakeNonce } from './handshake-nonce.ts';
import type { Identity } from './identity.ts';
import { createEphemeralKey, type EphemeralKey } from './key-agreement.ts';
import { protocolVersion } from './protocol-limits.ts';
import { openBox, sealPaddedBox } from './secret-box.ts';
import { isSignatureOf, publicKeyLength, signatureLength } from './signature.ts';
import { decodeChain, type SuccessionLink } from './succession.ts';
import {
  challengedHash,
  challengeKey,
  deriveSessionKeys,
  encodeClaimant,
  masterStatement,
  minionStatement,
  openingHash,
  proofKey,
  provenHash,
  type Claimant,
  type SessionKeys,
} from './transcript.ts';

/** A master that signed our handshake. Whether its key is the right one is for the caller to judge. */
export interface Challenged {
  readonly masterKey: Uint8Array;
  /** How former keys of the master lead to this one; unverified. */
  readonly chain: readonly SuccessionLink[];
  /** Says who we are. Afterwards the secrets of the handshake are gone. */
  prove(claimant: Omit<Claimant, 'publicKey'>): { frame: Uint8Array; keys: SessionKeys; proven: Uint8Array };
  /** Forgets the secrets without saying anything. */
  abandon(): void;
}

/** A minion's side of one handshake. */
export interface MinionHandshake {
  hello(puzzle?: { puzzle: Uint8Array; solution: bigint }): Uint8Array;
  readonly ephemeral: Uint8Array;
  readChallenge(frame: FrameOf<'challenge'>): Challenged | DropReason;
}

/** Begins a handshake. */
export function createMinionHandshake(
  identity: Identity,
  ephemeral: EphemeralKey = createEphemeralKey(),
): MinionHandshake {
  return {
    ephemeral: ephemeral.publicKey,
    hello: (puzzle) =>
      encodeFrame({
        kind: 'hello',
        version: protocolVersion,
        ephemeral: ephemeral.publicKey,
        puzzle: puzzle?.puzzle ?? new Uint8Array(32),
        solution: puzzle?.solution ?? 0n,
      }),
    readChallenge: (frame) => readChallenge(identity, ephemeral, frame),
  };
}

function readChallenge(
  identity: Identity,
  ephemeral: EphemeralKey,
  frame: FrameOf<'challenge'>,
): Challenged | DropReason {
  if (frame.version !== protocolVersion) return 'version';
  const secret = ephemeral.agree(frame.ephemeral);
  if (secret === undefined) return 'unauthentic';
  const opening = openingHash(ephemeral.publicKey, frame.ephemeral);
  const key = challengeKey(secret, opening);
  const plain = openBox(key, handshakeNonce('challenge'), frame.box);
  key.fill(0);
  if (plain === undefined || plain.length < publicKeyLength + signatureLength) return 'unauthentic';
  const masterKey = plain.slice(0, publicKeyLength);
  const signature = plain.slice(publicKeyLength, publicKeyLength + signatureLength);
  const chainBytes = plain.slice(publicKeyLength + signatureLength);
  const chain = decodeChain(chainBytes);
  if (chain === undefined) return 'malformed';
  if (!isSignatureOf(masterKey, masterStatement(opening, masterKey), signature)) return 'unauthentic';
  const challenged = challengedHash(opening, { masterKey, signature, chain: chainBytes });
  return {
    masterKey,
    chain,
    prove: (claimant) => prove(identity, secret, { challenged, claimant }),
    abandon: () => secret.fill(0),
  };
}

function prove(
  identity: Identity,
  secret: Uint8Array,
  said: { challenged: Uint8Array; claimant: Omit<Claimant, 'publicKey'> },
): { frame: Uint8Array; keys: SessionKeys; proven: Uint8Array } {
  const claimant = encodeClaimant({ ...said.claimant, publicKey: identity.publicKey });
  const signature = identity.sign(minionStatement(said.challenged, claimant));
  const key = proofKey(secret, said.challenged);
  const box = sealPaddedBox(key, handshakeNonce('proof'), Buffer.concat([claimant, signature]));
  const proven = provenHash(said.challenged, claimant, signature);
  const keys = deriveSessionKeys(secret, proven);
  key.fill(0);
  secret.fill(0);
  return { frame: encodeFrame({ kind: 'proof', version: protocolVersion, box }), keys, proven };
}
