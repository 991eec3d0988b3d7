import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePublicKey, fingerprint, generateIdentity } from '@brine/bus';
import { silentLogger, type MinionId } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyStore } from './key-directory-store.ts';
import { createKeyRegistry, type KeyRegistry, type OfferedKey } from './key-registry.ts';

function offer(id: string): OfferedKey {
  const { publicKey } = generateIdentity('minion').identity;
  return { id: id as MinionId, fingerprint: fingerprint(publicKey), text: encodePublicKey('minion', publicKey).trim() };
}

describe('the key registry', () => {
  let folder: string;
  let changes: string[];
  let registry: KeyRegistry;
  const open = async (autoAccept = false): Promise<KeyRegistry> =>
    createKeyRegistry({
      store: await openKeyStore(folder),
      master: { fingerprint: 'aa', publicKey: 'key' },
      logger: silentLogger,
      autoAccept,
      onChange: ({ id, action }) => void changes.push(`${action} ${id}`),
    });
  const states = async (): Promise<string[]> => (await registry.list()).map(({ id, state }) => `${id} ${state}`);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-keys-'));
    changes = [];
    registry = await open();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets a new key wait, in a file of its owner alone', async () => {
    const web1 = offer('web1');
    expect(await registry.admit(web1)).toBe('pending');
    expect(await registry.admit(web1)).toBe('pending');
    expect(await registry.list()).toEqual([
      { id: 'web1', state: 'pending', fingerprint: web1.fingerprint, publicKey: web1.text },
    ]);
    expect(statSync(join(folder, 'minions_pre', 'web1')).mode & 0o777).toBe(0o600);
    expect(changes).toEqual(['pending web1']);
  });

  it('admits an accepted key, also after a restart, and no other key under its id', async () => {
    const web1 = offer('web1');
    await registry.admit(web1);
    await registry.change({ action: 'accept', match: 'web*', from: ['pending'] });
    expect(registry.acceptedIds()).toEqual(['web1']);
    registry = await open();
    expect(await registry.admit(web1)).toBe('accepted');
    expect(await registry.admit(offer('web1'))).toBe('denied');
    expect(await registry.admit(web1)).toBe('accepted');
    expect(await states()).toEqual(['web1 accepted', 'web1 denied']);
    expect(changes).toEqual(['pending web1', 'accept web1', 'denied web1']);
  });

  it('keeps a rejected key out and forgets a deleted one', async () => {
    const web1 = offer('web1');
    await registry.admit(web1);
    await registry.change({ action: 'accept', match: '*', from: ['pending'] });
    await registry.change({ action: 'reject', match: '*', from: ['accepted'] });
    expect(registry.acceptedIds()).toEqual([]);
    expect(await registry.admit(web1)).toBe('rejected');
    await registry.change({ action: 'delete', match: '*', from: ['rejected'] });
    expect(await states()).toEqual([]);
    expect(await registry.admit(web1)).toBe('pending');
  });

  it('puts a denied key that is accepted in the place of the old one', async () => {
    const [before, after] = [offer('web1'), offer('web1')];
    await registry.admit(before);
    await registry.change({ action: 'accept', match: '*', from: ['pending'] });
    await registry.admit(after);
    await registry.change({ action: 'accept', match: 'web1', from: ['denied'] });
    expect(await registry.admit(after)).toBe('accepted');
    expect(await registry.admit(before)).toBe('denied');
  });

  it('accepts at once when it is configured to', async () => {
    registry = await open(true);
    expect(await registry.admit(offer('web1'))).toBe('accepted');
    expect(registry.acceptedIds()).toEqual(['web1']);
  });

  it('lets only one of two keys that come at the same moment be the first', async () => {
    const verdicts = await Promise.all([registry.admit(offer('web1')), registry.admit(offer('web1'))]);
    expect(verdicts).toEqual(['pending', 'denied']);
  });

  it('says that nothing matched', async () => {
    const change = { action: 'accept', match: 'mail*', from: ['pending', 'denied'] } as const;
    await expect(registry.change(change)).rejects.toThrow("no pending or denied key matches 'mail*'");
  });

  it('names a file that holds no key, and passes over names that are no ids', async () => {
    mkdirSync(join(folder, 'minions'), { recursive: true });
    writeFileSync(join(folder, 'minions', '.swp'), 'x');
    expect(await states()).toEqual([]);
    writeFileSync(join(folder, 'minions', 'web1'), '-----BEGIN PUBLIC KEY-----');
    await expect(registry.list()).rejects.toThrow(`${join(folder, 'minions', 'web1')} does not hold a public key`);
  });
});
