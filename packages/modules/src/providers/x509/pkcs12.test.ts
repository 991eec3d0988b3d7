import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { encodeKeyStore, readKeyStore } from './pkcs12.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const certificates = [Buffer.from('3003020101', 'hex'), Buffer.from('3003020102', 'hex')];
const store = { key: privateKey, certificates, friendlyName: 'Ünï' };

it.each([
  ['modern', 'geheim'],
  ['compatible', 'pass wörd'],
  ['modern', undefined],
] as const)('a %s PKCS#12 file gives back what was put in with the passphrase %s', (protection, passphrase) => {
  const bytes = encodeKeyStore(store, { passphrase, protection });
  const read = readKeyStore(bytes, passphrase);
  expect(read.key?.equals(privateKey)).toBe(true);
  expect({ ...read, key: undefined }).toEqual({ ...store, key: undefined });
  expect(() => readKeyStore(bytes, 'another')).toThrow('Bad decrypt - is the password correct?');
});

it('a file that was changed is refused', () => {
  const bytes = encodeKeyStore(store, { passphrase: 'x', protection: 'modern' });
  bytes[150] = (bytes[150] ?? 0) ^ 1;
  expect(() => readKeyStore(bytes, 'x')).toThrow('Bad decrypt');
});
