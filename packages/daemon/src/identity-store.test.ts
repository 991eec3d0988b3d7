import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePublicKey } from '@brine/bus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openIdentity } from './identity-store.ts';

describe('the key pair of a daemon', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-identity-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, readable by its owner only, and found again', async () => {
    const pki = join(folder, 'pki');
    const first = await openIdentity(pki, 'master');
    const second = await openIdentity(pki, 'master');
    expect(second.publicKey).toEqual(first.publicKey);
    expect(statSync(join(pki, 'master.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(pki).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(pki, 'master.pub'), 'utf8')).toBe(encodePublicKey('master', first.publicKey));
    expect(readdirSync(pki).toSorted()).toEqual(['master.pem', 'master.pub']);
  });

  it('is one and the same for programs that start at the same moment', async () => {
    const identities = await Promise.all(Array.from({ length: 8 }, async () => openIdentity(folder, 'minion')));
    const keys = identities.map(({ publicKey }) => encodePublicKey('minion', publicKey));
    expect(new Set(keys).size).toBe(1);
    expect(readFileSync(join(folder, 'minion.pub'), 'utf8')).toBe(keys[0]);
  });

  it('says which file does not hold a key, and which cannot be used', async () => {
    writeFileSync(join(folder, 'master.pem'), '-----BEGIN RSA PRIVATE KEY-----');
    await expect(openIdentity(folder, 'master')).rejects.toMatchObject({
      code: 'key-invalid',
      message: expect.stringContaining(`${join(folder, 'master.pem')}: `) as string,
    });
    mkdirSync(join(folder, 'minion.pem'));
    await expect(openIdentity(folder, 'minion')).rejects.toMatchObject({ code: 'key-unreadable' });
  });
});
