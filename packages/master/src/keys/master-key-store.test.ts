import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePublicKey, fingerprint, leadsTo } from '@brine/bus';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openMasterKeys } from './master-key-store.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-master-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('renews the key as often as wanted, and the first one leads to the last', async () => {
  const keys = await openMasterKeys(folder);
  const first = keys.identity.publicKey;
  const { from } = await keys.rotate();
  const { fingerprint: last } = await keys.rotate();
  expect(from).toBe(fingerprint(first));
  const opened = await openMasterKeys(folder);
  expect(fingerprint(opened.identity.publicKey)).toBe(last);
  const isFirst = (key: Uint8Array): boolean => Buffer.from(key).equals(first);
  expect(leadsTo(opened.identity.publicKey, opened.succession, isFirst)).toBe(true);
  expect(statSync(join(folder, 'master.pem')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'master.pub'), 'utf8')).toBe(encodePublicKey('master', opened.identity.publicKey));
});

it('goes on with the old key when the power went before the new one was written', async () => {
  const keys = await openMasterKeys(folder);
  await keys.rotate();
  const [secret, chain] = [readFileSync(join(folder, 'master.pem')), keys.succession];
  await keys.rotate();
  writeFileSync(join(folder, 'master.pem'), secret);
  const opened = await openMasterKeys(folder);
  expect(opened.succession).toEqual(chain);
  expect(readFileSync(join(folder, 'master.pub'), 'utf8')).toBe(encodePublicKey('master', opened.identity.publicKey));
});
