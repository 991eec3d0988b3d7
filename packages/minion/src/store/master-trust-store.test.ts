import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encodePublicKey, fingerprint, generateIdentity, signSuccession } from '@brine/bus';
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
    const first = await loadMasterTrust(folder, { masterFinger: '' });
    expect(first.kind === 'first-use' ? first.expected : first.kind).toBeUndefined();
    await first.pin?.(publicKey, []);
    expect(fs.readFileSync(file, 'utf8')).toBe(encodePublicKey('master', publicKey));
    expect(await loadMasterTrust(folder, { masterFinger: '' })).toMatchObject({ kind: 'pinned', publicKey });
  });

  it('expects the configured fingerprint, however it is written, before that of a token', async () => {
    const [masterFinger, tokenFinger] = [fingerprint(publicKey), fingerprint(other)];
    const configured = await loadMasterTrust(folder, { masterFinger: masterFinger.toUpperCase(), tokenFinger });
    expect(configured).toMatchObject({ kind: 'first-use', expected: masterFinger });
    const byToken = await loadMasterTrust(folder, { masterFinger: '', tokenFinger });
    expect(byToken).toMatchObject({ kind: 'first-use', expected: tokenFinger });
  });

  it('keeps to a pinned key that has the configured fingerprint, and refuses one that has not, naming both', async () => {
    fs.writeFileSync(file, encodePublicKey('master', publicKey));
    const [pinned, wanted] = [fingerprint(publicKey), fingerprint(other)];
    expect(await loadMasterTrust(folder, { masterFinger: pinned })).toMatchObject({ kind: 'pinned', publicKey });
    await expect(loadMasterTrust(folder, { masterFinger: wanted })).rejects.toMatchObject({
      code: 'key-invalid',
      message: `the master's key in ${file} has the fingerprint ${pinned}, but master_finger names ${wanted}; remove the file to trust that one`,
    });
  });

  it('goes on with a renewed key to which the configured one leads', async () => {
    const { identity } = generateIdentity('master');
    const masterFinger = fingerprint(identity.publicKey);
    const trust = await loadMasterTrust(folder, { masterFinger });
    await trust.pin?.(publicKey, [signSuccession(identity, publicKey)]);
    expect(await loadMasterTrust(folder, { masterFinger })).toMatchObject({ kind: 'pinned', publicKey });
    await expect(loadMasterTrust(folder, { masterFinger: fingerprint(other) })).rejects.toMatchObject({
      code: 'key-invalid',
    });
  });

  it('names a file that holds no key, and one that cannot be read', async () => {
    fs.writeFileSync(file, 'ssh-ed25519 AAAA\n');
    await expect(loadMasterTrust(folder, { masterFinger: '' })).rejects.toMatchObject({ code: 'key-invalid' });
    fs.rmSync(file);
    fs.mkdirSync(file);
    await expect(loadMasterTrust(folder, { masterFinger: '' })).rejects.toMatchObject({
      code: 'key-unreadable',
      message: expect.stringContaining(file) as string,
    });
  });
});
