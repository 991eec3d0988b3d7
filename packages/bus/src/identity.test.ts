import { describe, expect, it } from 'vitest';
import nacl from 'tweetnacl';
import { fingerprint } from './fingerprint.ts';
import { encodePublicKey, encodeSecretKey, generateIdentity, loadIdentity, parsePublicKey } from './identity.ts';

// RFC 8032, section 7.1, test 1.
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');

describe('identities', () => {
  it('sign as RFC 8032 says', () => {
    const identity = loadIdentity('minion', encodeSecretKey('minion', seed));
    expect(Buffer.from(identity.publicKey).toString('hex')).toBe(publicKey.toString('hex'));
    expect(Buffer.from(identity.sign(new Uint8Array())).toString('hex')).toBe(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
  });

  it('agree with tweetnacl on keys and signatures', () => {
    const { identity, secret } = generateIdentity('master');
    const pair = nacl.sign.keyPair.fromSeed(secret);
    const message = Buffer.from('a job');
    expect(identity.publicKey).toEqual(pair.publicKey);
    expect(identity.sign(message)).toEqual(nacl.sign.detached(message, pair.secretKey));
  });

  it('survive the way through their text forms', () => {
    const { identity, secret } = generateIdentity('master');
    const loaded = loadIdentity('master', encodeSecretKey('master', secret));
    expect(loaded.publicKey).toEqual(identity.publicKey);
    expect(parsePublicKey('master', encodePublicKey('master', identity.publicKey))).toEqual(identity.publicKey);
  });

  it('have text forms of one line that name kind and role', () => {
    expect(encodePublicKey('minion', publicKey)).toBe(
      'brine-ed25519-public minion 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n',
    );
    expect(encodeSecretKey('minion', seed)).toBe(
      'brine-ed25519-secret minion nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n',
    );
  });

  it('are refused under the other role', () => {
    expect(() => loadIdentity('master', encodeSecretKey('minion', seed))).toThrow(
      'this is a minion key where a master key is expected',
    );
    expect(() => parsePublicKey('minion', encodePublicKey('master', publicKey))).toThrow(
      'this is a master key where a minion key is expected',
    );
  });

  it.each([
    ['', 'nothing'],
    ['-----BEGIN PUBLIC KEY-----\n', 'another format'],
    ['brine-ed25519-public minion AAAA\n', 'a short key'],
    [`${encodePublicKey('minion', publicKey)}\n`, 'a second line'],
  ])('refuse %j with a clear message (%s)', (text) => {
    expect(() => parsePublicKey('minion', text)).toThrow(
      'this is not a Brine public key: expected the single line "brine-ed25519-public master|minion <44 characters of base64>"',
    );
  });

  it('are refused when the public and the secret file are mixed up', () => {
    expect(() => loadIdentity('minion', encodePublicKey('minion', publicKey))).toThrow(
      'this is a public key where a secret key is expected',
    );
  });

  it('refuse keys of another length', () => {
    expect(() => encodePublicKey('minion', new Uint8Array(31))).toThrow('a public key has 32 bytes, not 31');
  });
});

describe('fingerprint', () => {
  it('is the SHA-256 of the public key in colon-separated pairs', () => {
    expect(fingerprint(publicKey)).toBe(
      '21:fe:31:df:a1:54:a2:61:62:6b:f8:54:04:6f:d2:27:1b:7b:ed:4b:6a:be:45:aa:58:87:7e:f4:7f:97:21:b9',
    );
  });
});
