import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

/** A Vault as its HTTP interface is documented: `kv` keeps versions, `old` does not. */
const secrets = new Map<string, unknown>();
const asked: string[] = [];
const server = createServer((request, response) => {
  void (async () => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = (request.url ?? '').replace('/v1/', '');
    asked.push(`${request.method ?? ''} ${path}`);
    const [status, body] = answer(
      path,
      text === '' ? undefined : (JSON.parse(text) as never),
      request.headers['x-vault-token'],
    );
    response.statusCode = status;
    response.end(body === undefined ? '' : JSON.stringify(body));
  })();
});

function answer(path: string, body: { readonly role_id?: string } | undefined, token: unknown): [number, unknown?] {
  if (path === 'auth/approle/login')
    return body?.role_id === 'role' ? [200, { auth: { client_token: 't-1' } }] : [400, { errors: ['invalid role'] }];
  if (token !== 't-1') return [403, { errors: ['permission denied'] }];
  const mount = /^sys\/internal\/ui\/mounts\/(kv|old)\//.exec(path)?.[1];
  if (mount !== undefined)
    return [200, { data: { path: `${mount}/`, type: 'kv', options: mount === 'kv' ? { version: '2' } : null } }];
  if (body !== undefined) return secrets.set(path, body) && [204];
  const found = secrets.get(path);
  return found === undefined ? [404, { errors: [] }] : [200, { data: found }];
}

let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  asked.length = 0;
  secrets.clear();
  secrets.set('kv/data/db', { data: { password: 'new', port: 5432 } });
  secrets.set('old/db', { password: 'plain' });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function call(
  name: string,
  positional: readonly Plain[],
  vault: Plain = { url, auth: { method: 'token', token: 't-1' } },
) {
  const options = { far: { driver: 'vault' }, vault };
  return toPlain((await callScratch(`sdb.${name}`, { host: createFakeHost(), options, positional })).value);
}

describe('secrets of Vault', () => {
  it('are read, with and without versions', async () => {
    expect(await call('get', ['sdb://far/kv/db/password'])).toBe('new');
    expect(await call('get', ['sdb://far/kv/db?port'])).toBe(5432);
    expect(await call('get', ['sdb://far/kv/db/other'])).toEqual({ password: 'new', port: 5432 });
    expect(await call('get', ['sdb://far/old/db/password'])).toBe('plain');
    expect([await call('get', ['sdb://far/old/db/other']), await call('get', ['sdb://far/old/none/x'])]).toEqual([
      null,
      null,
    ]);
  });

  it('are written', async () => {
    expect(await call('set', ['sdb://far/kv/app/key', 'value'])).toBe(true);
    expect(await call('set', ['sdb://far/old/app/key', 1])).toBe(true);
    expect(Object.fromEntries(secrets)).toMatchObject({
      'kv/data/app': { data: { key: 'value' } },
      'old/app': { key: 1 },
    });
  });

  it('are had with a role, too', async () => {
    const auth = { method: 'approle', role_id: 'role', secret_id: 's' };
    expect(await call('get', ['sdb://far/old/db/password'], { url, auth })).toBe('plain');
    expect(asked[0]).toBe('POST auth/approle/login');
    await expect(call('get', ['sdb://far/old/db/password'], { url, auth: { role_id: 'x' } })).rejects.toThrow(
      'Vault answered 400 for auth/approle/login: invalid role',
    );
  });

  it('say what is wrong, and never a token', async () => {
    const wrong = call('get', ['sdb://far/old/db/password'], { url, auth: { token: 'wrong-token' } });
    await expect(wrong).rejects.toThrow('Vault answered 403 for old/db: permission denied');
    await expect(call('get', ['sdb://far/old/../db/x'])).rejects.toThrow('is no path and key of a secret');
    await expect(call('get', ['sdb://far/old/db/x'], {})).rejects.toThrow('needs the address of a server');
    await expect(call('get', ['sdb://far/old/db/x'], { url })).rejects.toThrow('needs a token');
    await expect(call('get', ['sdb://far/a/b'], { url: 'http://127.0.0.1:1', auth: { token: 't' } })).rejects.toThrow(
      'cannot be reached',
    );
  });
});
