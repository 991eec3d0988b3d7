import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePublicKey, fingerprint, generateIdentity, signSuccession } from '@brine/bus';
import { silentLogger, type KeyClaims, type MinionId } from '@brine/common';
import { createManualClock, type ManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAdmissionRules, type AdmissionOptions } from './admission-rules.ts';
import { openJoinTokens } from './join-token-store.ts';
import type { KeyRegistryOptions, OfferedKey } from './key-desk.ts';
import { openKeyStore } from './key-directory-store.ts';
import { createKeyRegistry, type KeyRegistry } from './key-registry.ts';

function offer(id: string, claims: KeyClaims = {}, { identity } = generateIdentity('minion')): OfferedKey {
  const { publicKey } = identity;
  const text = encodePublicKey('minion', publicKey).trim();
  return { id: id as MinionId, publicKey, fingerprint: fingerprint(publicKey), text, claims };
}

describe('the key registry', () => {
  let folder: string;
  let changes: string[];
  let clock: ManualClock;
  let registry: KeyRegistry;
  const open = async (
    rules: Partial<AdmissionOptions> = {},
    options: Partial<KeyRegistryOptions> = {},
  ): Promise<KeyRegistry> =>
    createKeyRegistry({
      store: await openKeyStore(folder, clock),
      tokens: openJoinTokens({ pkiDirectory: folder, clock, masterFingerprint: () => 'aa:bb' }),
      rules: createAdmissionRules({
        ...{ pkiDirectory: folder, clock, logger: silentLogger, autoAccept: false, permissive: false },
        ...{ autosignFile: undefined, autorejectFile: undefined, autosignGrainsDirectory: undefined },
        ...{ autosignTimeout: 120, ...rules },
      }),
      ...{ clock, logger: silentLogger, pendingLimit: 3, restoreMilliseconds: 604_800_000, isFull: () => false },
      onChange: ({ id, action }) => void changes.push(`${action} ${id}`),
      ...options,
    });
  const states = async (): Promise<string[]> => (await registry.list()).map(({ id, state }) => `${id} ${state}`);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-keys-'));
    changes = [];
    clock = createManualClock(Date.UTC(2026, 10, 21));
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
    registry = await open({ autoAccept: true });
    expect(await registry.admit(offer('web1'))).toBe('accepted');
    expect(registry.acceptedIds()).toEqual(['web1']);
  });

  describe('judges new keys by files', () => {
    const file = (name: string, lines: string, mode = 0o600): string => {
      const path = join(folder, name);
      writeFileSync(path, lines);
      chmodSync(path, mode);
      return path;
    };

    it.each([
      ['an id', 'web1'],
      ['a glob', '# front\nweb*'],
      ['a regular expression', 'web\\d'],
    ])('that hold %s', async (_what, lines) => {
      registry = await open({ autosignFile: file('autosign', `${lines}\n`) });
      expect(await registry.admit(offer('web1'))).toBe('accepted');
      expect(await registry.admit(offer('mail1'))).toBe('pending');
      expect(registry.acceptedIds()).toEqual(['web1']);
    });

    it('of which the one that rejects goes first, and also for keys that wait', async () => {
      const [web1, bad] = [offer('web1'), offer('bad')];
      await registry.admit(bad);
      registry = await open({ autoAccept: true, autorejectFile: file('reject', 'bad\nweb[0-9]\n') });
      expect([await registry.admit(web1), await registry.admit(bad)]).toEqual(['rejected', 'rejected']);
      expect(await states()).toEqual(['bad rejected', 'web1 rejected']);
    });

    it('unless others may write to them', async () => {
      registry = await open({ autosignFile: file('autosign', '*\n', 0o620) });
      expect(await registry.admit(offer('web1'))).toBe('pending');
      registry = await open({ autosignFile: join(folder, 'autosign'), permissive: true });
      expect(await registry.admit(offer('web2'))).toBe('accepted');
      chmodSync(join(folder, 'autosign'), 0o602);
      expect(await registry.admit(offer('web3'))).toBe('pending');
    });

    it('by a stub for its minion, once and not for ever', async () => {
      mkdirSync(join(folder, 'minions_autosign'));
      for (const id of ['web1', 'old']) writeFileSync(join(folder, 'minions_autosign', id), '');
      const [now, before] = [clock.now() / 1000, clock.now() / 1000 - 121 * 60];
      utimesSync(join(folder, 'minions_autosign', 'web1'), now, now);
      utimesSync(join(folder, 'minions_autosign', 'old'), before, before);
      expect([await registry.admit(offer('web1')), await registry.admit(offer('old'))]).toEqual([
        'accepted',
        'pending',
      ]);
      expect(readdirSync(join(folder, 'minions_autosign'))).toEqual([]);
    });

    it('by grains that the minion tells', async () => {
      mkdirSync(join(folder, 'grains'));
      writeFileSync(join(folder, 'grains', 'uuid'), '# known machines\nabc-1\n', { mode: 0o600 });
      registry = await open({ autosignGrainsDirectory: join(folder, 'grains') });
      const grains = (uuid: string): KeyClaims => ({ grains: new Map([['uuid', uuid]]) });
      expect(await registry.admit(offer('web1', grains('abc-1')))).toBe('accepted');
      expect(await registry.admit(offer('web2', grains('# known machines')))).toBe('pending');
      expect(await registry.admit(offer('web3', { grains: new Map([['../uuid', 'abc-1']]) }))).toBe('pending');
    });
  });

  describe('join tokens', () => {
    it('let in one minion of their pattern, by itself, and nobody after it', async () => {
      const { token, name } = await registry.createToken({ match: 'web*', milliseconds: 60_000 });
      expect(token).toMatch(/^[0-9a-f]{8}\.[\w-]{43}\.aabb$/);
      expect(await registry.admit(offer('mail1', { token }))).toBe('pending');
      const web1 = offer('web1', { token });
      expect([await registry.admit(web1), await registry.admit(web1)]).toEqual(['accepted', 'accepted']);
      expect(await registry.admit(offer('web2', { token }))).toBe('pending');
      expect(await registry.admit(offer('web1', { token }))).toBe('denied');
      expect(await registry.tokens()).toEqual([
        {
          name,
          match: 'web*',
          status: 'used',
          createdAt: clock.now(),
          expiresAt: clock.now() + 60_000,
          usedBy: 'web1',
        },
      ]);
    });

    it('let the same key in again that used them up before the master could keep it', async () => {
      const { token } = await registry.createToken({ match: '*', milliseconds: 60_000 });
      const web1 = offer('web1', { token });
      await registry.admit(web1);
      rmSync(join(folder, 'minions', 'web1'));
      registry = await open();
      expect(await registry.admit(web1)).toBe('accepted');
    });

    it.each([
      ['an expired one', 60_000, (token: string) => token],
      ['a wrong secret', 0, (token: string) => token.replace(/\.[^.]{4}/, '.AAAA')],
      ['another name', 0, (token: string) => `00000000${token.slice(8)}`],
      ['a path for a name', 0, (token: string) => `../minions${token.slice(8)}`],
    ])('do not let anybody in by %s', async (_what, later, change) => {
      const { token } = await registry.createToken({ match: '*', milliseconds: 60_000 });
      clock.advance(later);
      expect(await registry.admit(offer('web1', { token: change(token) }))).toBe('pending');
    });

    it('that are not good are told of with the reason', async () => {
      const reasons: unknown[] = [];
      const warn = (_message: string, { reason }: { reason?: unknown } = {}): void => void reasons.push(reason);
      registry = await open({}, { logger: { ...silentLogger, warn }, pendingLimit: 10 });
      const create = async (match = '*'): Promise<string> =>
        (await registry.createToken({ match, milliseconds: 60_000 })).token;
      const [good, late] = [await create(), await create()];
      await registry.admit(offer('web1', { token: good }));
      await registry.admit(offer('web2', { token: good }));
      await registry.admit(offer('web3', { token: await create('mail*') }));
      await registry.admit(offer('web4', { token: 'rubbish' }));
      clock.advance(60_000);
      await registry.admit(offer('web5', { token: late }));
      expect(reasons).toEqual(['used', 'for other ids', 'unknown', 'expired']);
    });

    it('are kept as hashes in files of their owner alone, and can be revoked', async () => {
      const { token, name } = await registry.createToken({ match: '*', milliseconds: 60_000 });
      const path = join(folder, 'join_tokens', name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8')).not.toContain(token.split('.')[1]);
      await registry.revokeToken(name);
      expect(await registry.admit(offer('web1', { token }))).toBe('pending');
      await expect(registry.revokeToken(name)).rejects.toMatchObject({ code: 'token-unknown' });
    });
  });

  it('restores what was deleted, for its time, also when the minion offers the same key again meanwhile', async () => {
    const [web1, web2, other] = [offer('web1'), offer('web2'), offer('web2')];
    for (const key of [web1, web2]) await registry.admit(key);
    await registry.change({ action: 'accept', match: '*', from: ['pending'] });
    await registry.change({ action: 'delete', match: 'web1,web2', from: ['accepted'] });
    await registry.admit(web1);
    await registry.admit(other);
    expect((await registry.deleted()).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'web1 accepted',
      'web2 accepted',
    ]);
    expect((await registry.restore('*')).map(({ id, state }) => `${id} ${state}`)).toEqual(['web1 accepted']);
    expect(await states()).toEqual(['web1 accepted', 'web2 pending']);
    expect([await registry.admit(web1), registry.acceptedIds()]).toEqual(['accepted', ['web1']]);
    await registry.change({ action: 'delete', match: 'web2', from: ['pending'] });
    clock.advance(604_800_001);
    await expect(registry.restore('web2')).rejects.toMatchObject({ code: 'key-not-found' });
    expect(await registry.deleted()).toEqual([]);
  });

  it('puts a key in the place of the accepted one that vouched for it, and turns the former away', async () => {
    const former = generateIdentity('minion');
    const next = generateIdentity('minion');
    const stranger = generateIdentity('minion');
    await registry.admit(offer('web1', {}, former));
    await registry.change({ action: 'accept', match: '*', from: ['pending'] });
    const forged = signSuccession(stranger.identity, next.identity.publicKey);
    const claim = { from: former.identity.publicKey, signature: forged.signature };
    expect(await registry.admit(offer('web1', { succession: claim }, next))).toBe('denied');
    const succession = signSuccession(former.identity, next.identity.publicKey);
    await registry.change({ action: 'delete', match: '*', from: ['denied'] });
    const renewed = offer('web1', { succession }, next);
    expect(await registry.admit(renewed)).toBe('accepted');
    expect(await registry.admit(offer('web1', {}, former))).toBe('rejected');
    expect((await registry.list()).map(({ state, fingerprint: print }) => [state, print])).toEqual([
      ['accepted', renewed.fingerprint],
    ]);
    expect(changes.at(-1)).toBe('rotate web1');
  });

  it('lets only so many keys wait, and as many minions in as there is room for', async () => {
    const offers = ['a', 'b', 'c', 'd'].map((id) => offer(id));
    const admissions = [];
    for (const key of offers) admissions.push(await registry.admit(key));
    expect(admissions).toEqual(['pending', 'pending', 'pending', 'later']);
    rmSync(join(folder, 'minions_pre', 'a'));
    expect(await registry.admit(offers[3] ?? offer('d'))).toBe('pending');
    registry = await open({ autoAccept: true }, { isFull: (id) => id === 'late' });
    expect([await registry.admit(offer('late')), await registry.admit(offer('early'))]).toEqual(['later', 'accepted']);
  });

  it('takes a key that somebody put among the accepted ones', async () => {
    const web1 = offer('web1');
    writeFileSync(join(folder, 'minions', 'web1'), `${web1.text}\n`);
    expect(registry.acceptedIds()).toEqual([]);
    expect(await registry.admit(web1)).toBe('accepted');
    expect(registry.acceptedIds()).toEqual(['web1']);
  });

  it('shows which accepted key a second machine has shown', async () => {
    const web1 = offer('web1');
    await registry.admit(web1);
    await registry.change({ action: 'accept', match: '*', from: ['pending'] });
    registry.noteClone(web1.id);
    expect((await registry.list()).map(({ clonedAt }) => clonedAt)).toEqual([clock.now()]);
  });

  describe('denies the key of a minion under another id', () => {
    const identity = generateIdentity('minion');
    const [web1, web2] = [offer('web1', {}, identity), offer('web2', {}, identity)];

    it.each(['accepted', 'pending', 'rejected'] as const)('that is %s, whatever the rules say', async (state) => {
      const copies: string[] = [];
      await registry.admit(web1);
      if (state === 'accepted') await registry.change({ action: 'accept', match: '*', from: ['pending'] });
      if (state === 'rejected') await registry.change({ action: 'reject', match: '*', from: ['pending'] });
      const onCopy: KeyRegistryOptions['onCopy'] = ({ offered, holder }) => copies.push(`${offered.id} = ${holder}`);
      registry = await open({ autoAccept: true }, { onCopy });
      expect([await registry.admit(web2), await registry.admit(web2)]).toEqual(['denied', 'denied']);
      expect(copies).toEqual(['web2 = web1']);
      expect((await registry.list()).map(({ id, state: kept, keyOf }) => ({ id, kept, keyOf }))).toEqual([
        { id: 'web1', kept: state, keyOf: undefined },
        { id: 'web2', kept: 'denied', keyOf: 'web1' },
      ]);
    });

    it('until the other id has given it up: then it is as new', async () => {
      await registry.admit(web1);
      expect(await registry.admit(web2)).toBe('denied');
      await registry.change({ action: 'delete', match: 'web1', from: ['pending'] });
      expect(await registry.admit(web2)).toBe('pending');
      expect(await states()).toEqual(['web2 pending']);
      rmSync(join(folder, 'minions_pre', 'web2'));
      expect(await registry.admit(offer('web3', {}, identity))).toBe('pending');
    });

    it('but lets both in when a person says so', async () => {
      await registry.admit(web1);
      await registry.admit(web2);
      await registry.change({ action: 'accept', match: '*', from: ['pending', 'denied'] });
      expect([await registry.admit(web1), await registry.admit(web2)]).toEqual(['accepted', 'accepted']);
    });

    it('without filling the disk for one who invents ids', async () => {
      await registry.admit(web1);
      for (let number = 0; number < 120; number += 1) {
        expect(await registry.admit(offer(`copy${number}`, {}, identity))).toBe('denied');
      }
      expect(readdirSync(join(folder, 'minions_denied'))).toHaveLength(100);
    });
  });

  it('takes up a denied key as new when the one of its id is gone', async () => {
    const [before, after] = [offer('web1'), offer('web1')];
    await registry.admit(before);
    expect(await registry.admit(after)).toBe('denied');
    await registry.change({ action: 'delete', match: 'web1', from: ['pending'] });
    expect(await registry.admit(after)).toBe('pending');
    expect(changes).toEqual(['pending web1', 'denied web1', 'delete web1', 'pending web1']);
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

  it('starts with a damaged file, tells of it, and lets all others in', async () => {
    const web1 = offer('web1');
    await registry.admit(web1);
    await registry.change({ action: 'accept', match: 'web1', from: ['pending'] });
    writeFileSync(join(folder, 'minions', 'web2'), '');
    const told: unknown[] = [];
    const error = (_message: string, about: unknown): void => void told.push(about);
    registry = await open({}, { logger: { ...silentLogger, error } });
    expect(told).toMatchObject([{ error: { code: 'key-file-invalid' } }]);
    expect(String((told[0] as { readonly error: unknown }).error)).toContain('minions/web2');
    expect(registry.acceptedIds()).toEqual(['web1']);
    expect(await registry.admit(web1)).toBe('accepted');
    expect(await registry.admit(offer('web3'))).toBe('pending');
    await expect(registry.admit(offer('web2'))).rejects.toMatchObject({ code: 'key-file-invalid' });
  });
});
