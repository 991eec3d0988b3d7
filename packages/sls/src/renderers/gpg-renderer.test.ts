import { AppError, toPlain, toValue, type Dict, type Value } from '@brine/common';
import { expect, test } from 'vitest';
import { createGpgRenderer, type GpgRendererOptions } from './gpg-renderer.ts';
import type { PlaintextCache } from './plaintext-cache.ts';

const begin = '-----BEGIN PGP MESSAGE-----';
const end = '-----END PGP MESSAGE-----';

function block(text: string): string {
  return `${begin}\n\n${text}\n${end}`;
}

// Stands for gpg: the plaintext of a block is its body in capitals; `lost` has no key, `raw` is no text.
function createDecrypter(seen: string[] = []): GpgRendererOptions['decrypt'] {
  return (ciphertext) => {
    const body = new TextDecoder().decode(ciphertext).split('\n')[2] ?? '';
    seen.push(body);
    if (body === 'lost')
      return Promise.reject(new AppError({ code: 'gpg', message: 'no secret key 06062B0FCB4B4120' }));
    if (body === 'crash') return Promise.reject(new Error('plaintext canary'));
    return Promise.resolve(body === 'raw' ? new Uint8Array([0xff, 0]) : new TextEncoder().encode(body.toUpperCase()));
  };
}

test('every message in every value is decrypted, keys and other values stay', async () => {
  const render = createGpgRenderer({ decrypt: createDecrypter() });
  const value = toValue({
    user: 'app',
    password: `${block('one')}\n`,
    [block('key')]: 1,
    list: [`a ${block('two')} b ${block('three')}\n\n`, 5, null, { deep: block('four') }],
    bytes: block('raw'),
    'on one line': `${begin}\\n\\nfive\\n${end}`,
    broken: `${begin}\nnever ends`,
  });
  const decrypted = await render(value);
  expect(decrypted).toBe(value);
  expect(toPlain(decrypted)).toEqual({
    user: 'app',
    password: 'ONE',
    [block('key')]: 1,
    list: ['a TWO b THREE', 5, null, { deep: 'FOUR' }],
    bytes: new Uint8Array([0xff, 0]),
    'on one line': 'FIVE',
    broken: `${begin}\nnever ends`,
  });
});

test('a text as a whole may be encrypted', async () => {
  const render = createGpgRenderer({ decrypt: createDecrypter() });
  expect(await render(`${block('a: 1')}\n`)).toBe('A: 1');
  expect(await render('plain\n')).toBe('plain\n');
});

test('a message is decrypted once however often it turns up, yet every decrypted text is reported each time', async () => {
  const seen: string[] = [];
  const secrets: string[] = [];
  const render = createGpgRenderer({ decrypt: createDecrypter(seen), onSecret: (text) => secrets.push(text) });
  const shared: Value = [block('two')];
  await render([block('one'), block('one'), shared, shared]);
  await render([block('one')]);
  expect(seen).toEqual(['one', 'two']);
  expect(secrets).toEqual(['ONE', 'ONE', 'TWO', 'ONE']);
});

test('only so many messages are decrypted at the same time', async () => {
  let running = 0;
  let most = 0;
  const decrypt = async (): Promise<Uint8Array> => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    running -= 1;
    return new Uint8Array([65]);
  };
  await createGpgRenderer({ decrypt, parallel: 3 })(Array.from({ length: 10 }, (_, index) => block(String(index))));
  expect(most).toBe(3);
});

test('what cannot be decrypted is named by its path and place, all at once, and nothing unmade is shown', async () => {
  const render = createGpgRenderer({ decrypt: createDecrypter() });
  const value = toValue({ db: { password: block('lost') }, list: [block('crash')], fine: block('one') }) as Dict;
  const positionOf = (): { file: string; line: number } => ({ file: 'secrets.sls', line: 4 });
  const error: unknown = await render(value, { positionOf }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'pgp-decrypt',
    message:
      'Could not decrypt db:password: no secret key 06062B0FCB4B4120\n' +
      'Could not decrypt list:0: the decryption program failed',
    problems: [
      {
        severity: 'error',
        code: 'pgp-decrypt',
        summary: 'Could not decrypt db:password: no secret key 06062B0FCB4B4120',
        span: { file: 'secrets.sls', line: 4 },
      },
      {
        severity: 'error',
        code: 'pgp-decrypt',
        summary: 'Could not decrypt list:0: the decryption program failed',
        span: { file: 'secrets.sls', line: 4 },
      },
    ],
  });
});

test('without mustSucceed a message that cannot be decrypted stays as it is, and is tried again later', async () => {
  const seen: string[] = [];
  const render = createGpgRenderer({ decrypt: createDecrypter(seen), mustSucceed: false });
  expect(await render([`${block('lost')}`])).toEqual([block('lost')]);
  expect(await render([block('lost')])).toEqual([block('lost')]);
  expect(seen).toEqual(['lost', 'lost']);
});

test('the cache keeps only so many messages', async () => {
  const seen: string[] = [];
  const render = createGpgRenderer({ decrypt: createDecrypter(seen), kept: 1 });
  for (const name of ['one', 'two', 'two', 'one']) await render([block(name)]);
  expect(seen).toEqual(['one', 'two', 'one']);
});

test('renderers that share a cache decrypt a message once, and each reports it', async () => {
  const seen: string[] = [];
  const secrets: string[] = [];
  const plaintexts: PlaintextCache = new Map();
  for (const run of ['a', 'b']) {
    const onSecret = (text: string): number => secrets.push(`${run} ${text}`);
    await createGpgRenderer({ decrypt: createDecrypter(seen), onSecret, plaintexts })([block('one')]);
  }
  expect([seen, secrets]).toEqual([['one'], ['a ONE', 'b ONE']]);
});
