import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePublicKey, fingerprint, isSuccession } from '@brine/bus';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openMinionKeys } from './minion-key-store.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-minion-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('makes one next key, which the present one vouches for, and keeps it over a restart', async () => {
  const keys = await openMinionKeys(folder);
  const before = keys.identity.publicKey;
  const print = await keys.rotate();
  expect(await keys.rotate()).toBe(print);
  const opened = await openMinionKeys(folder);
  expect(fingerprint(opened.identity.publicKey)).toBe(print);
  const { succession } = opened;
  expect(Buffer.from(succession?.from ?? [])).toEqual(Buffer.from(before));
  expect(succession !== undefined && isSuccession('minion', succession, opened.identity.publicKey)).toBe(true);
});

it('puts the next key in its place once the master took it', async () => {
  const keys = await openMinionKeys(folder);
  const print = await keys.rotate();
  await keys.settle();
  expect(keys.succession).toBeUndefined();
  expect(existsSync(join(folder, 'minion.pem.next'))).toBe(false);
  const opened = await openMinionKeys(folder);
  expect(fingerprint(opened.identity.publicKey)).toBe(print);
  expect(readFileSync(join(folder, 'minion.pub'), 'utf8')).toBe(encodePublicKey('minion', opened.identity.publicKey));
});

it('goes on with the present key when nothing vouches for the next one', async () => {
  const keys = await openMinionKeys(folder);
  const before = fingerprint(keys.identity.publicKey);
  await keys.rotate();
  writeFileSync(join(folder, 'minion.succession'), '');
  expect(fingerprint((await openMinionKeys(folder)).identity.publicKey)).toBe(before);
});

it('finishes at its start what a death left of putting the next key in its place', async () => {
  const keys = await openMinionKeys(folder);
  const former = readFileSync(join(folder, 'minion.pub'), 'utf8');
  const print = await keys.rotate();
  renameSync(join(folder, 'minion.pem.next'), join(folder, 'minion.pem'));
  const opened = await openMinionKeys(folder);
  expect(fingerprint(opened.identity.publicKey)).toBe(print);
  const present = readFileSync(join(folder, 'minion.pub'), 'utf8');
  expect(present).toBe(encodePublicKey('minion', opened.identity.publicKey));
  expect(present).not.toBe(former);
  expect(readdirSync(folder).sort()).toEqual(['minion.pem', 'minion.pub']);
});
