import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodePublicKey, fingerprint, generateIdentity } from '@brine/bus';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMasterTrust } from './master-trust-store.ts';

const { publicKey } = generateIdentity('master').identity;
const other = generateIdentity('master').identity.publicKey;

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-trust-'));
  file = path.join(folder, 'minion_master.pub');
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('loadMasterTrust', () => {
  it('pins the first master that comes when nothing else is said', async () => {
    const first = await loadMasterTrust(folder, '');
    if (first.kind !== 'first-use') throw new Error(first.kind);
    await first.pin(publicKey);
    expect(fs.readFileSync(file, 'utf8')).toBe(encodePublicKey('master', publicKey));
    expect(await loadMasterTrust(folder, '')).toEqual({ kind: 'pinned', publicKey });
  });

  it('trusts the configured fingerprint, however it is written', async () => {
    expect(await loadMasterTrust(folder, fingerprint(publicKey).toUpperCase())).toEqual({
      kind: 'fingerprint',
      fingerprint: fingerprint(publicKey),
    });
  });

  it('keeps to a pinned key that has the configured fingerprint, and refuses one that has not', async () => {
    fs.writeFileSync(file, encodePublicKey('master', publicKey));
    expect(await loadMasterTrust(folder, fingerprint(publicKey))).toEqual({ kind: 'pinned', publicKey });
    await expect(loadMasterTrust(folder, fingerprint(other))).rejects.toMatchObject({
      code: 'key-invalid',
      message: expect.stringContaining(file) as string,
    });
  });

  it('names a file that holds no key, and one that cannot be read', async () => {
    fs.writeFileSync(file, 'ssh-ed25519 AAAA\n');
    await expect(loadMasterTrust(folder, '')).rejects.toMatchObject({ code: 'key-invalid' });
    fs.rmSync(file);
    fs.mkdirSync(file);
    await expect(loadMasterTrust(folder, '')).rejects.toMatchObject({
      code: 'key-unreadable',
      message: expect.stringContaining(file) as string,
    });
  });
});
