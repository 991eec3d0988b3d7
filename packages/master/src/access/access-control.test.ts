import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, toValue, type Dict } from '@brine/common';
import type { AccessControl } from '@brine/api';
import { createManualClock, type ManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAccessControl, type AccessSettings } from './access-control.ts';
import { openAuditLog, type AuditLog } from './audit-log-store.ts';
import { createLoginDesk } from './login-desk.ts';
import type { LoginMethod } from './methods/login-method.ts';
import { openTokenStore } from './token-store.ts';

const good = { username: 'ada', password: 'secret', eauth: 'file' } as const;
const externalAuth = toValue({
  file: {
    '^filename': '/etc/users',
    ada: ['test.*', '@jobs', { 'web*': ['status.uptime'] }],
    '*': ['test.ping'],
    'operators%': ['grains.items'],
  },
}) as Dict;
const settings: AccessSettings = {
  ...{ permissive_acl: false, token_expire: 3600, token_expire_user_override: false, keep_acl_in_token: false },
};

describe('access control', () => {
  let folder: string;
  let clock: ManualClock;
  let control: AccessControl;
  let audit: AuditLog;
  let isGood: boolean;

  async function open(further: Partial<AccessSettings> = {}, auth = externalAuth): Promise<void> {
    const method: LoginMethod = {
      prove: ({ password }) => Promise.resolve(password === 'secret'),
      groupsOf: (user) => Promise.resolve(user === 'ada' ? ['operators'] : []),
      isStillGood: () => Promise.resolve(isGood),
    };
    audit = await openAuditLog(join(folder, 'audit'), clock, silentLogger);
    control = createAccessControl({
      engine: { targetFor: (target) => target, judgeJob: () => {}, judgeSpecial: () => {}, judgeSecrets: () => {} },
      desk: createLoginDesk({ methods: new Map([['file', method]]), clock }),
      tokens: await openTokenStore(join(folder, 'tokens'), clock.now(), silentLogger),
      ...{ audit, clock, externalAuth: auth, settings: { ...settings, ...further } },
    });
  }

  async function refusalOf(credentials: Parameters<AccessControl['login']>[0], from = 'place'): Promise<unknown> {
    const attempt = control.login(credentials, { kind: 'session', from }).catch((error: unknown) => error);
    // A refusal waits for the clock, whose timers are set while it is on its way.
    for (let turn = 0; turn < 20; turn += 1) {
      await Promise.resolve();
      clock.advance(100);
    }
    return attempt;
  }

  /** Fails, without waiting for the answer. */
  function fail(credentials: Parameters<AccessControl['login']>[0], from: string): void {
    void control.login(credentials, { kind: 'session', from }).catch(() => {});
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-access-'));
    clock = createManualClock();
    isGood = true;
    await open();
  });

  afterEach(async () => {
    await audit.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['*', 'operators%', '^filename'])('gives somebody who is called %s what everybody has', async (username) => {
    const caller = await control.authenticate({ ...good, username }, 'x');
    expect(caller.permissions).toEqual(['test.ping']);
  });

  it('gives a login the permissions of user and groups, and shows those of everybody too', async () => {
    const login = await control.login(good, { kind: 'session', from: 'x' });
    expect(login).toMatchObject({ user: 'ada', eauth: 'file', start: clock.now(), expire: clock.now() + 3_600_000 });
    expect(login.token).toMatch(/^[0-9a-f]{40}$/);
    const uptime = new Map([['web*', ['status.uptime']]]);
    expect(login.permissions).toEqual(['@jobs', 'grains.items', 'test.*', 'test.ping', uptime]);
    expect(await control.callerOf(login.token, ['session'], 'place')).toEqual({
      via: 'external',
      user: 'ada',
      eauth: 'file',
      permissions: ['test.*', '@jobs', uptime, 'grains.items'],
    });
    const other = await control.login({ ...good, username: 'bob' }, { kind: 'token', from: 'x' });
    expect(other.token).toMatch(/^[0-9a-f]{64}$/);
    expect(await control.callerOf(other.token, ['token'], 'place')).toMatchObject({
      user: 'bob',
      permissions: ['test.ping'],
    });
    expect(await control.callerOf(other.token, ['session', 'key'], 'place')).toBeUndefined();
  });

  it('refuses every wrong login in the same words', async () => {
    const wrong = [
      { ...good, password: 'wrong' },
      { ...good, eauth: 'nothing' },
      { ...good, eauth: '__proto__' },
      { ...good, username: '' },
      { ...good, username: 'x'.repeat(300) },
    ];
    const refusals = await Promise.all(wrong.map(async (credentials) => refusalOf(credentials)));
    const words = { code: 'login-refused', message: 'Could not authenticate using provided credentials' };
    expect(refusals).toEqual(wrong.map(() => expect.objectContaining(words) as unknown));
  });

  it('takes at least three quarters of a second to refuse', async () => {
    let isOver = false;
    const attempt = control.login({ ...good, password: 'wrong' }, { kind: 'session', from: 'x' }).catch(() => {
      isOver = true;
    });
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    clock.advance(700);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    expect(isOver).toBe(false);
    clock.advance(600);
    await attempt;
    expect(isOver).toBe(true);
  });

  it('does not listen to a place from which too many logins failed, for a minute', async () => {
    for (let attempt = 0; attempt < 30; attempt += 1) fail({ ...good, password: `wrong${attempt}` }, 'evil');
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    expect(await refusalOf(good, 'evil')).toMatchObject({ code: 'login-limited' });
    expect(await control.login(good, { kind: 'session', from: 'elsewhere' })).toMatchObject({ user: 'ada' });
    clock.advance(60_000);
    expect(await control.login(good, { kind: 'session', from: 'evil' })).toMatchObject({ user: 'ada' });
  });

  it('counts failures of the socket that all users share for each name, so that nobody locks out others', async () => {
    for (let attempt = 0; attempt < 30; attempt += 1) fail({ ...good, username: 'eve', password: 'wrong' }, 'socket');
    for (let attempt = 0; attempt < 30; attempt += 1) {
      fail({ ...good, username: 'bob', password: 'wrong' }, 'socket');
    }
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    expect(await refusalOf({ ...good, username: 'bob' }, 'socket')).toMatchObject({ code: 'login-limited' });
    expect(await control.login(good, { kind: 'session', from: 'socket' })).toMatchObject({ user: 'ada' });
  });

  it('does not try any number of passwords at the same time', async () => {
    const attempts = Array.from({ length: 200 }, async (_, attempt) =>
      refusalOf({ ...good, password: `wrong${attempt}` }, 'evil'),
    );
    const refusals = (await Promise.all(attempts)) as readonly { readonly code: string }[];
    expect(refusals.filter(({ code }) => code === 'login-refused')).toHaveLength(90);
    expect(refusals.filter(({ code }) => code === 'login-limited')).toHaveLength(110);
  });

  it('records tokens that it does not take, without them, and not any number', async () => {
    const { token } = await control.login(good, { kind: 'session', from: 'x' });
    await control.callerOf('0badc0de', ['session'], '10.0.0.7');
    await control.callerOf(token, ['key'], '10.0.0.8');
    isGood = false;
    clock.advance(1000);
    await control.callerOf(token, ['session'], '10.0.0.9');
    clock.advance(3_600_000);
    await control.callerOf(token, ['session'], '10.0.0.9');
    for (let attempt = 0; attempt < 100; attempt += 1) await control.callerOf(`0badc0de${attempt}`, ['key'], 'evil');
    clock.advance(60_000);
    await control.callerOf('0badc0de', ['key'], 'evil');
    await audit.close();
    const text = readFileSync(join(folder, 'audit'), 'utf8');
    expect(text).not.toMatch(new RegExp(`0badc0de|${token}`));
    const entries = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ what }) => what === 'token');
    expect(entries.slice(0, 4).map(({ user, via, from, reason }) => [user, via, from, reason])).toEqual([
      ['', 'token', '10.0.0.7', 'unknown'],
      ['ada', 'session', '10.0.0.8', 'another kind'],
      ['ada', 'session', '10.0.0.9', 'user gone'],
      ['ada', 'session', '10.0.0.9', 'expired'],
    ]);
    expect(entries.every(({ allowed }) => allowed === false)).toBe(true);
    expect(entries.slice(4).filter(({ from }) => from === 'evil')).toHaveLength(60);
    expect(entries.at(-1)).toMatchObject({ reason: 'unknown', more: 41 });
    await open();
  });

  it('ends a token at its time to the millisecond', async () => {
    const { token } = await control.login(good, { kind: 'session', from: 'x' });
    clock.advance(3_600_000 - 1);
    expect(await control.callerOf(token, ['session'], 'place')).toBeDefined();
    clock.advance(1);
    expect(await control.callerOf(token, ['session'], 'place')).toBeUndefined();
    expect(readdirSync(join(folder, 'tokens'))).toEqual([]);
  });

  it('hears a wish for another time only where the configuration allows it', async () => {
    const lasts = async (username: string): Promise<number> => {
      const login = await control.login({ ...good, username }, { kind: 'session', from: 'x', expire: 60 });
      return (login.expire - login.start) / 1000;
    };
    expect(await lasts('ada')).toBe(3600);
    await open({ token_expire_user_override: true });
    expect(await lasts('ada')).toBe(60);
    await open({ token_expire_user_override: toValue({ file: ['ada'] }) as Dict });
    expect([await lasts('ada'), await lasts('bob')]).toEqual([60, 3600]);
  });

  it('ends logins at once: by logout, for a user, when the account is gone, when the method is', async () => {
    const login = async (): Promise<string> => (await control.login(good, { kind: 'session', from: 'x' })).token;
    const [one, two, three] = [await login(), await login(), await login()];
    expect(await control.revoke(one)).toBe(true);
    expect(await control.callerOf(one, ['session'], 'place')).toBeUndefined();
    expect(await control.revoke(one)).toBe(false);
    isGood = false;
    clock.advance(1000);
    expect(await control.callerOf(two, ['session'], 'place')).toBeUndefined();
    isGood = true;
    clock.advance(1000);
    expect(await control.callerOf(two, ['session'], 'place')).toBeDefined();
    expect(await control.revokeLogins('ada')).toBe(2);
    expect(await control.callerOf(three, ['session'], 'place')).toBeUndefined();
    const four = await login();
    await open({}, new Map());
    expect(await control.callerOf(four, ['session'], 'place')).toBeUndefined();
  });

  it('keeps tokens over a restart, and only their digests on disk', async () => {
    const { token } = await control.login(good, { kind: 'session', from: 'x' });
    const { key } = await control.createKey({ name: 'ci', permissions: ['state.apply'] });
    const files = readdirSync(join(folder, 'tokens'));
    expect(files.toSorted()).toEqual(
      [token, key].map((text) => createHash('sha256').update(text).digest('hex')).toSorted(),
    );
    for (const name of files) {
      const path = join(folder, 'tokens', name);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(path, 'utf8')).not.toContain(token);
      expect(Buffer.from(readFileSync(path, 'utf8'), 'base64').toString('latin1')).not.toContain(key);
    }
    expect(statSync(join(folder, 'tokens')).mode & 0o777).toBe(0o700);
    await open();
    expect(await control.callerOf(token, ['session'], 'place')).toMatchObject({ user: 'ada' });
    expect(await control.callerOf(key, ['key'], 'place')).toEqual({
      via: 'key',
      user: 'ci',
      permissions: ['state.apply'],
    });
  });

  it('keeps the permissions of the login when asked to', async () => {
    await open({ keep_acl_in_token: true });
    const { token } = await control.login(good, { kind: 'session', from: 'x' });
    await open({ keep_acl_in_token: true }, toValue({ file: { ada: ['nothing'] } }) as Dict);
    expect((await control.callerOf(token, ['session'], 'place'))?.permissions).toContain('test.*');
    await open({}, toValue({ file: { ada: ['.*'] } }) as Dict);
  });

  it('has API keys with an end, that are listed without themselves and revoked by name', async () => {
    const { key } = await control.createKey({ name: 'ci', permissions: ['test.*'], expire: clock.now() + 1000 });
    expect(key).toMatch(/^brine_[0-9a-f]{64}$/);
    await expect(control.createKey({ name: 'ci', permissions: [] })).rejects.toMatchObject({ code: 'access-refused' });
    expect(control.listKeys()).toEqual([
      { name: 'ci', permissions: ['test.*'], start: clock.now(), expire: clock.now() + 1000 },
    ]);
    expect(await control.callerOf(key, ['session', 'token'], 'place')).toBeUndefined();
    clock.advance(1000);
    expect(await control.callerOf(key, ['key'], 'place')).toBeUndefined();
    await control.createKey({ name: 'forever', permissions: ['.*'] });
    expect(await control.revokeKey('forever')).toBe(true);
    expect(control.listKeys()).toEqual([]);
  });

  it('writes an audit log whose lines hold together, without secrets', async () => {
    const { token } = await control.login(good, { kind: 'session', from: '10.0.0.7' });
    await refusalOf({ ...good, password: 'CANARY' }, '10.0.0.8');
    await control.revoke(token);
    await audit.close();
    await open();
    await control.login(good, { kind: 'session', from: '10.0.0.9' });
    await audit.close();
    const text = readFileSync(join(folder, 'audit'), 'utf8');
    expect(text).not.toMatch(new RegExp(`CANARY|secret|${token}`));
    const lines = text.trimEnd().split('\n');
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ what, user, allowed, from }) => [what, user, allowed, from])).toEqual([
      ['login', 'ada', true, '10.0.0.7'],
      ['login', 'ada', false, '10.0.0.8'],
      ['logout', 'ada', true, undefined],
      ['login', 'ada', true, '10.0.0.9'],
    ]);
    const digests = ['', ...lines].map((line) => createHash('sha256').update(line).digest('hex'));
    expect(entries.map(({ previous }) => previous)).toEqual(digests.slice(0, -1));
    expect(statSync(join(folder, 'audit')).mode & 0o777).toBe(0o600);
    await open();
  });
});
