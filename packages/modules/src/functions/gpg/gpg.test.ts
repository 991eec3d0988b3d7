import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { toValue, type Plain, type Value } from '@brine/common';
import { afterAll, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../host/local/local-host.ts';

// The folders are short ones: gpg puts sockets into them.
const [home, other] = [mkdtempSync(join(tmpdir(), 'g-')), mkdtempSync(join(tmpdir(), 'h-'))];
const host = createLocalHost();

afterAll(() => {
  for (const folder of [home, other]) {
    execFileSync('gpgconf', ['--homedir', folder, '--kill', 'all']);
    rmSync(folder, { recursive: true });
  }
});

async function call(name: string, keyword: Readonly<Record<string, Plain>>, secrets: string[] = []): Promise<Value> {
  const context = { keepSecret: async (text: string) => void secrets.push(text) };
  const given = { gnupghome: home, ...keyword };
  return (await callScratch(name, { keyword: given, host, context })).value;
}

function member(value: Value, key: string): string {
  const found = (value as Map<string, Value>).get(key);
  return typeof found === 'string' ? found : '';
}

let fingerprint = '';
let keyid = '';
let open: Value = null;

it('makes keys with the gpg of the machine, and lists them', async () => {
  expect(await call('gpg.list_keys', { gnupghome: `${home}/none` })).toEqual([]);
  const wish = { name_real: 'Ünï', name_email: 'a@example.org', name_comment: 'c', key_length: 1024 };
  const pair = await call('gpg.create_key', { ...wish, subkey_type: 'RSA', expire_date: '1y' });
  expect(member(pair, 'message')).toBe('GPG key pair successfully generated.');
  fingerprint = member(pair, 'fingerprint');
  keyid = fingerprint.slice(-16);
  const [listed] = (await call('gpg.list_keys', {})) as Map<string, Value>[];
  expect(listed).toEqual(
    toValue({
      ...{ keyid, fingerprint, uids: ['Ünï (c) <a@example.org>'], keyLength: '1024' },
      ...{ expires: listed?.get('expires'), created: listed?.get('created') },
      ...{ ownerTrust: 'Ultimately Trusted', trust: 'Ultimately Trusted' },
    }),
  );
  expect(listed?.get('created')).toMatch(/^\d{4}-\d\d-\d\d$/);
  expect(await call('gpg.get_key', { keyid: keyid.slice(8) })).toEqual(listed);
  expect(member(await call('gpg.get_secret_key', { fingerprint }), 'keyid')).toBe(keyid);
  expect(await call('gpg.get_key', { keyid: '0000000000000000' })).toBe(false);
});

it('hands keys out and takes them in', async () => {
  open = await call('gpg.export_key', { keyids: keyid, bare: true });
  expect(open).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----/);
  expect(member(await call('gpg.export_key', { keyids: [keyid], secret: true }), 'comment')).toMatch(
    /^-----BEGIN PGP PRIVATE KEY BLOCK-----/,
  );
  expect(await call('gpg.export_key', { keyids: 'nobody' })).toEqual(toValue({ res: false }));
  const imported = { gnupghome: other, text: open };
  expect(member(await call('gpg.import_key', imported), 'message')).toBe('Successfully imported key(s).');
  expect(member(await call('gpg.import_key', imported), 'message')).toBe('Key(s) already exist in keychain.');
  expect(await call('gpg.import_key', { text: 'none' })).toEqual(
    toValue({ res: false, message: 'Unable to import key.' }),
  );
});

it('signs texts, and tells forged ones', async () => {
  const signed = await call('gpg.sign', { text: 'Hello\n', keyid });
  const key_id = member(await call('gpg.verify', { text: signed }), 'key_id');
  expect(key_id).toMatch(/^[0-9A-F]{16}$/);
  const verified = { res: true, username: 'Ünï (c) <a@example.org>', key_id };
  const fine = { message: 'The signature is verified.' };
  expect(await call('gpg.verify', { text: signed })).toEqual(
    toValue({ ...verified, trust_level: 'Ultimate', ...fine }),
  );
  expect(await call('gpg.verify', { text: signed, gnupghome: other })).toEqual(
    toValue({ ...verified, trust_level: 'Undefined', ...fine }),
  );
  const forged = (signed as string).replace('Hello', 'Jello');
  expect(member(await call('gpg.verify', { text: forged }), 'message')).toBe('The signature could not be verified.');
});

it('says how far owners are trusted', async () => {
  const trust = { gnupghome: other, keyid, trust_level: 'ultimately' };
  expect(await call('gpg.trust_key', trust)).toEqual(
    toValue({ res: true, message: 'Setting ownership trust to Ultimately Trusted.', fingerprint }),
  );
  expect(member(await call('gpg.trust_key', { ...trust, trust_level: 'fully' }), 'message')).toBe(
    'Changing ownership trust from Ultimately Trusted to Fully Trusted.',
  );
  expect(await call('gpg.trust_key', { ...trust, trust_level: 'x' })).toMatch(/^ERROR: Valid trust levels - expired,/);
});

it('encrypts for others, and decrypts', async () => {
  const box = { gnupghome: other, recipients: 'a@example.org', text: 'secret text', bare: true, always_trust: true };
  const encrypted = await call('gpg.encrypt', box);
  expect(encrypted).toMatch(/^-----BEGIN PGP MESSAGE-----/);
  const secrets: string[] = [];
  const opened = { text: encrypted };
  expect(await call('gpg.decrypt', opened, secrets)).toEqual(toValue({ res: true, comment: 'secret text' }));
  expect(secrets).toEqual(['secret text']);
  const file = { ...opened, output: `${home}/plain` };
  expect(member(await call('gpg.decrypt', file), 'comment')).toBe(`Decrypted data has been written to ${home}/plain`);
  expect(Buffer.from((await host.files.read(`${home}/plain`)) ?? '').toString()).toBe('secret text');
  expect(await call('gpg.decrypt', { ...opened, gnupghome: other, bare: true })).toBe(false);
  expect(member(await call('gpg.encrypt', { text: 'x', recipients: 'nobody@example.org' }), 'comment')).toBe(
    'invalid recipient.\nPlease check the salt-minion log.',
  );
});

it('deletes keys, secret ones when that is said', async () => {
  expect(member(await call('gpg.delete_key', { keyid }), 'message')).toBe(
    'Secret key exists, delete first or pass delete_secret=True.',
  );
  expect(await call('gpg.delete_key', { keyid, delete_secret: true })).toEqual(
    toValue({ res: true, message: `Secret key for ${fingerprint} deleted\nPublic key for ${fingerprint} deleted` }),
  );
  expect(member(await call('gpg.delete_key', { keyid }), 'message')).toBe('Key not available in keychain.');
});

it('tells when the pillar has no passphrase', async () => {
  const keyword = { gnupghome: home, text: 'x', use_passphrase: true };
  await expect(callScratch('gpg.sign', { keyword, host })).rejects.toThrow('gpg_passphrase not available in pillar.');
});

it('tells which arguments are missing, and of a key server that cannot be reached', async () => {
  expect(member(await call('gpg.delete_key', {}), 'message')).toBe('Required argument, fingerprint or keyid');
  await expect(call('gpg.sign', {})).rejects.toThrow('filename or text must be passed.');
  await expect(call('gpg.list_keys', { user: 'nobody-there', gnupghome: null })).rejects.toThrow('does not exist');
  const server = { keyserver: 'hkp://127.0.0.1:9' };
  await expect(call('gpg.receive_keys', { keys: '3FAD9F1E', ...server })).rejects.toThrow('No keys were received');
  await expect(call('gpg.search_keys', { text: 'a@example.org', ...server })).rejects.toThrow('Nothing was found at');
});
