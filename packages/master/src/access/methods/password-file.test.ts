import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Dict } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPasswordFileMethod } from './password-file.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-users-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function method(content: string, settings: Readonly<Record<string, string | number>> = {}, faults: string[] = []) {
  const file = join(folder, 'users');
  writeFileSync(file, content);
  return createPasswordFileMethod({
    settings: toValue({ '^filename': file, ...settings }) as Dict,
    onFault: (message) => faults.push(message),
  });
}

const ada = (password: string) => ({ username: 'ada', password, eauth: 'file' });

describe('users in a file', () => {
  it('are found with their passwords as text', async () => {
    const file = method('bob:other\nada:OceanMan:more\n');
    expect(await file.prove(ada('OceanMan'))).toBe(true);
    expect(await file.prove(ada('oceanman'))).toBe(false);
    expect(await file.prove(ada(''))).toBe(false);
    expect(await file.prove({ ...ada('OceanMan'), username: 'eve' })).toBe(false);
    expect([await file.isStillGood('ada'), await file.isStillGood('eve')]).toEqual([true, false]);
  });

  it('never have an empty password', async () => {
    expect(await method('ada:\n').prove(ada(''))).toBe(false);
    expect(await method('ada\n').prove(ada(''))).toBe(false);
    const digest = createHash('md5').update('').digest('hex');
    expect(await method(`ada:${digest}\n`, { '^hashtype': 'md5' }).prove(ada(''))).toBe(false);
  });

  it('are found in other fields, with digests', async () => {
    const settings = { '^field_separator': '|', '^username_field': 2, '^password_field': 3, '^hashtype': 'md5' };
    const file = method('1|ada|5ebe2294ecd0e0f08eab7690d2a6ee69\n', settings);
    expect(await file.prove(ada('secret'))).toBe(true);
    expect(await file.prove(ada('5ebe2294ecd0e0f08eab7690d2a6ee69'))).toBe(false);
  });

  it.each([
    ['bcrypt', ['-B', '-C', '4']],
    ['apr1', ['-m']],
    ['SHA-1', ['-s']],
    ['SHA-256', ['-2']],
    ['SHA-512', ['-5']],
  ])('are found in files that htpasswd wrote (%s)', async (_name, options) => {
    const { stdout, status } = spawnSync('htpasswd', ['-nb', ...options, 'ada', 'geheim €'], { encoding: 'utf8' });
    expect(status).toBe(0);
    const file = method(stdout, { '^filetype': 'htpasswd' });
    expect(await file.prove(ada('geheim €'))).toBe(true);
    expect(await file.prove(ada('geheim'))).toBe(false);
  });

  it('are found in a file that htdigest wrote, by their realm', async () => {
    const digest = createHash('md5').update('ada:here:secret').digest('hex');
    const content = `ada:there:0\nada:here:${digest}\n`;
    const file = method(content, { '^filetype': 'htdigest', '^realm': 'here' });
    expect(await file.prove(ada('secret'))).toBe(true);
    expect(await file.prove(ada('wrong'))).toBe(false);
    expect(await method(content, { '^filetype': 'htdigest', '^realm': 'there' }).prove(ada('secret'))).toBe(false);
  });

  it('let nobody in where the file cannot be used, and say why', async () => {
    const faults: string[] = [];
    const onFault = (message: string): number => faults.push(message);
    const missing = createPasswordFileMethod({ settings: new Map([['^filename', '/nowhere/x']]), onFault });
    expect(await missing.prove(ada('x'))).toBe(false);
    expect(await createPasswordFileMethod({ settings: new Map(), onFault }).prove(ada('x'))).toBe(false);
    expect(await method('ada:x', { '^filetype': 'xml' }, faults).prove(ada('x'))).toBe(false);
    expect(await method('ada:x', { '^hashtype': 'rot13' }, faults).prove(ada('x'))).toBe(false);
    expect(await method('ada:oldDESvalue1', { '^filetype': 'htpasswd' }, faults).prove(ada('x'))).toBe(false);
    expect(faults).toEqual([
      'the file of users cannot be read',
      'external_auth: file needs ^filename',
      '^filetype of external_auth: file must be text, htpasswd or htdigest',
      '^hashtype of external_auth: file is no digest',
      'a password is stored in a form that is not supported: use htpasswd -B',
    ]);
  });
});
