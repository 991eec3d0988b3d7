import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import nacl from 'tweetnacl';
import { minionId } from '../test-support/fleet.ts';
import { decodeFrame, encodeFrame, type Frame, type FrameOf } from './frame.ts';
import { encodeSecretKey, loadIdentity, type Identity } from './identity.ts';
import { createEphemeralKey } from './key-agreement.ts';
import { createMasterHandshake, type MasterHandshake, type ProvenPeer } from './master-handshake.ts';
import { createMinionHandshake, type Challenged } from './minion-handshake.ts';

const masterSeed = new Uint8Array(32).fill(1);
const minionSeed = new Uint8Array(32).fill(2);
const minionSecret = new Uint8Array(32).fill(3);
const masterSecret = new Uint8Array(32).fill(4);
const master = loadIdentity('master', encodeSecretKey('master', masterSeed));
const minion = loadIdentity('minion', encodeSecretKey('minion', minionSeed));
const said = { id: 'web1', sequence: 7n, claims: Buffer.from('token') };

function frameOf<Kind extends Frame['kind']>(kind: Kind, bytes: Uint8Array): FrameOf<Kind> {
  const frame = decodeFrame(bytes);
  if (frame?.kind !== kind) throw new Error(`not a ${kind}`);
  return frame as FrameOf<Kind>;
}

function begin(identity: Identity = master): { answered: MasterHandshake; challenged: Challenged; hello: Uint8Array } {
  const handshake = createMinionHandshake(minion, createEphemeralKey(minionSecret));
  const hello = handshake.hello();
  const { ephemeral } = frameOf('hello', hello);
  const answered = createMasterHandshake(
    { identity, chain: new Uint8Array() },
    ephemeral,
    createEphemeralKey(masterSecret),
  );
  if (typeof answered === 'string') throw new Error(answered);
  const challenged = handshake.readChallenge(frameOf('challenge', answered.challenge));
  if (typeof challenged === 'string') throw new Error(challenged);
  return { answered, challenged, hello };
}

function complete(): { hello: Uint8Array; challenge: Uint8Array; proof: Uint8Array; peer: ProvenPeer } {
  const { answered, challenged, hello } = begin();
  const { frame } = challenged.prove(said);
  const peer = answered.readProof(frameOf('proof', frame));
  if (typeof peer === 'string') throw new Error(peer);
  return { hello, challenge: answered.challenge, proof: frame, peer };
}

// The page docs/protocol.md again, in other words and with other cryptography than the code: tweetnacl and plain HMAC.
function expected() {
  const label = (name: string, ...parts: Uint8Array[]) => Buffer.concat([Buffer.from(name), Buffer.of(0), ...parts]);
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const hkdf = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number) => {
    const key = createHmac('sha256', salt).update(secret).digest();
    let block: Buffer = Buffer.of();
    let all: Buffer = Buffer.of();
    for (let count = 1; all.length < length; count += 1) {
      block = createHmac('sha256', key)
        .update(Buffer.concat([block, info, Buffer.of(count)]))
        .digest();
      all = Buffer.concat([all, block]);
    }
    return all.subarray(0, length);
  };
  const signer = (seed: Uint8Array) => nacl.sign.keyPair.fromSeed(seed);
  const e1 = nacl.scalarMult.base(minionSecret);
  const e2 = nacl.scalarMult.base(masterSecret);
  const secret = nacl.scalarMult(minionSecret, e2);
  const nonce = (code: number) => Buffer.concat([Buffer.of(code), Buffer.alloc(23)]);

  const t1 = hash(label('brine bus transcript', Buffer.from('\x01\x06minion\x06master'), e1, e2));
  const masterPair = signer(masterSeed);
  const masterSignature = nacl.sign.detached(label('brine bus master', t1, masterPair.publicKey), masterPair.secretKey);
  const challengeBox = nacl.secretbox(
    Buffer.concat([masterPair.publicKey, masterSignature]),
    nonce(3),
    hkdf(secret, t1, label('brine bus challenge'), 32),
  );
  const t2 = hash(label('brine bus challenged', t1, masterPair.publicKey, masterSignature));
  const minionPair = signer(minionSeed);
  const claimant = Buffer.concat([
    minionPair.publicKey,
    Buffer.from('\x04web1'),
    Buffer.from('0000000000000007', 'hex'),
    Buffer.from('\x00\x05token'),
  ]);
  const signature = nacl.sign.detached(label('brine bus minion', t2, claimant), minionPair.secretKey);
  const padded = Buffer.alloc(256);
  Buffer.concat([claimant, signature, Buffer.of(0x80)]).copy(padded);
  const proofBox = nacl.secretbox(padded, nonce(4), hkdf(secret, t2, label('brine bus proof'), 32));
  const t3 = hash(label('brine bus proven', t2, claimant, signature));
  const keys = hkdf(secret, t3, label('brine bus session'), 96);
  return {
    hello: Buffer.concat([Buffer.of(1, 1), e1, Buffer.alloc(40)]),
    challenge: Buffer.concat([Buffer.of(3, 1), e2, challengeBox]),
    proof: Buffer.concat([Buffer.of(4, 1), proofBox]),
    proven: t3,
    fromMinion: keys.subarray(0, 32),
    fromMaster: keys.subarray(32, 64),
    chain: keys.subarray(64),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function hexes(named: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(Object.entries(named).map(([name, bytes]) => [name, hex(bytes)]));
}

describe('a handshake', () => {
  it('has the frames and keys that the protocol page describes', () => {
    const { hello, challenge, proof, peer } = complete();
    const { proven, keys } = peer;
    expect(hexes({ hello, challenge, proof, proven, ...keys })).toEqual(hexes(expected()));
  });

  it('has the frames and keys it always had', () => {
    const { peer } = complete();
    const lines = [peer.proven, peer.keys.fromMinion, peer.keys.fromMaster, peer.keys.chain].map(hex);
    expect(lines).toMatchInlineSnapshot(`
      [
        "e44dae35c743baceb5750b83919581c9d1882119fac0c6f9758e8afd7fc4bca3",
        "0bcaaca0c17eb1fb5ae3e5c50328f3997f0a269f8ed0f504db4660b9a7bd1dca",
        "5ef0399e5e6e4bd0e56005862eba213ef1ffa2a66f5d1ba87afa6640f8a58fb7",
        "4ed63e1a8d9fbae415c6c73e4942f8005cc0caa59556bf6ab19c40081dff30f1",
      ]
    `);
  });

  it('tells the master who is there', () => {
    const { peer } = complete();
    expect([hex(peer.publicKey), peer.id, peer.sequence, Buffer.from(peer.claims).toString()]).toEqual([
      hex(minion.publicKey),
      minionId('web1'),
      7n,
      'token',
    ]);
  });

  it.each(['../x', '/etc/x', 'a\0b', '.', '..', '', 'a\nb', 'é', 'a'.repeat(201), 'a ', '\u202ea'])(
    'refuses the id %j',
    (id) => {
      const { answered, challenged } = begin();
      const { frame } = challenged.prove({ ...said, id });
      expect(answered.readProof(frameOf('proof', frame))).toBe('malformed');
    },
  );

  it('refuses claims beyond their limit', () => {
    const { answered, challenged } = begin();
    const { frame } = challenged.prove({ ...said, claims: new Uint8Array(4_097) });
    expect(answered.readProof(frameOf('proof', frame))).toBe('malformed');
  });

  it('refuses a proof that was made for another challenge', () => {
    const one = begin();
    const other = createMasterHandshake(
      { identity: master, chain: new Uint8Array() },
      frameOf('hello', one.hello).ephemeral,
    );
    if (typeof other === 'string') throw new Error(other);
    const { frame } = one.challenged.prove(said);
    expect(other.readProof(frameOf('proof', frame))).toBe('unauthentic');
  });

  it('reads one proof only', () => {
    const { answered, challenged } = begin();
    const proof = frameOf('proof', challenged.prove(said).frame);
    expect(answered.readProof(proof)).toMatchObject({ id: 'web1' });
    expect(answered.readProof(proof)).toBe('unauthentic');
  });

  it('ends when the other side offers a key that makes the secret known', () => {
    expect(createMasterHandshake({ identity: master, chain: new Uint8Array() }, new Uint8Array(32))).toBe(
      'unauthentic',
    );
    const handshake = createMinionHandshake(minion);
    const challenge: FrameOf<'challenge'> = {
      kind: 'challenge',
      version: 1,
      ephemeral: new Uint8Array(32),
      box: new Uint8Array(112),
    };
    expect(handshake.readChallenge(challenge)).toBe('unauthentic');
  });

  it('refuses every other version', () => {
    const { answered, challenged } = begin();
    const proof = { ...frameOf('proof', challenged.prove(said).frame), version: 2 };
    expect(answered.readProof(proof)).toBe('version');
    const challenge = { ...frameOf('challenge', begin().answered.challenge), version: 0 };
    expect(createMinionHandshake(minion).readChallenge(challenge)).toBe('version');
  });
});

describe('frames', () => {
  it('are refused when cut short or followed by more', () => {
    const { hello, challenge } = complete();
    expect([
      decodeFrame(hello.subarray(0, 73)),
      decodeFrame(Buffer.concat([hello, Buffer.of(0)])),
      decodeFrame(Buffer.of()),
    ]).toEqual([undefined, undefined, undefined]);
    expect(encodeFrame(frameOf('challenge', challenge))).toEqual(challenge);
    expect(decodeFrame(new Uint8Array(263_169).fill(5))).toBeUndefined();
  });
});
