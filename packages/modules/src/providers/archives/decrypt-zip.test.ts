import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalHost } from '../../host/local/local-host.ts';
import { decryptZip, isZipEncrypted } from './decrypt-zip.ts';
import { withPlainZip } from './plain-zip.ts';

const host = createLocalHost();
const password = 'pässword "x"';
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brine-zip-'));
  writeFileSync(join(folder, 'stored'), 'x');
  writeFileSync(join(folder, 'packed'), 'line\n'.repeat(1000));
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh');
  chmodSync(join(folder, 'run.sh'), 0o751);
  symlinkSync('packed', join(folder, 'link'));
  mkdirSync(join(folder, 'sub'), { mode: 0o755 });
  await run('zip', '-q', '-y', '-P', password, 'locked.zip', 'stored', 'packed', 'run.sh', 'link', 'sub');
  writeFileSync(join(folder, 'open'), 'for all');
  await run('zip', '-q', 'locked.zip', 'open');
  await run('sh', '-c', `cat packed | zip -q -P '${password}' stream.zip -`);
});

afterAll(() => rmSync(folder, { recursive: true }));

async function run(...command: readonly string[]): Promise<string> {
  const result = await host.run({ command, workingDirectory: folder });
  if (result.exitCode !== 0) throw new Error(result.stdout + result.stderr);
  return result.stdout;
}

async function decrypted(name: string, key: string): Promise<string> {
  const copy = join(folder, `${name}.plain`);
  writeFileSync(copy, '');
  await decryptZip(host, { path: join(folder, name), password: key, copy });
  return copy;
}

it('takes the password off all members that have it, and unzip reads what comes out', async () => {
  const plain = await decrypted('locked.zip', password);
  await run('unzip', '-tq', plain);
  expect(await run('unzip', '-Z1', plain)).toBe('stored\npacked\nrun.sh\nlink\nsub/\nopen\n');
  expect(await run('unzip', '-p', plain)).toBe(`x${'line\n'.repeat(1000)}#!/bin/shpackedfor all`);
  expect((await run('unzip', '-Z', plain)).split('\n').map((line) => line.slice(0, 10))).toEqual(
    expect.arrayContaining(['-rwxr-x--x', 'lrwxrwxrwx', 'drwxr-xr-x']),
  );
});

it('reads members whose sizes come behind them', async () => {
  expect(await run('unzip', '-p', await decrypted('stream.zip', password))).toBe('line\n'.repeat(1000));
});

// As bsdtar 3.6.2 encrypts with AES-256: `small` without a checksum of its content (AE-2), `packed` with one (AE-1).
const aes =
  'UEsDBBQACQBjAJgufl0AAAAAAAAAAAEAAAAFACsAc21hbGxVVA0ABzAPDWswDw1rMA8Na3V4CwABBAAAAAAEAAAAAAGZBwACAEFF' +
  'AwgAAWSxnwA7uTYq7kgnM7ez1b2+zesP1240jPnyuXyTbVBLBwgAAAAAHwAAAAEAAABQSwMEFAAJAGMAmS5+XQAAAAAAAAAAiBMA' +
  'AAYAKwBwYWNrZWRVVA0ABzIPDWsyDw1rMg8Na3V4CwABBAAAAAAEAAAAAAGZBwABAEFFAwgAv4X3kkW7XJgFpZWcGxmczHPe1gGJ' +
  'vNC8rqfe1qy2Uxf37TDzaxFc03b7uUc277NMUEp8X3JdiLFLoVtxUEsHCM0eCSE8AAAAiBMAAFBLAQIUAxQACQBjAJgufl0AAAAA' +
  'HwAAAAEAAAAFACsAAAAAAAAAAACkgQAAAABzbWFsbFVUDQAHMA8NazAPDWswDw1rdXgLAAEEAAAAAAQAAAAAAZkHAAIAQUUDCABQ' +
  'SwECFAMUAAkAYwCZLn5dzR4JITwAAACIEwAABgArAAAAAAAAAAAApIF9AAAAcGFja2VkVVQNAAcyDw1rMg8NazIPDWt1eAsAAQQA' +
  'AAAABAAAAAABmQcAAQBBRQMIAFBLBQYAAAAAAgACAL0AAAAYAQAAAAA=';

it('reads what was encrypted with AES, with and without a checksum', async () => {
  writeFileSync(join(folder, 'aes.zip'), Buffer.from(aes, 'base64'));
  const plain = await decrypted('aes.zip', 'secret');
  await run('unzip', '-tq', plain);
  expect(await run('unzip', '-p', plain)).toBe(`x${'line\n'.repeat(1000)}`);
  await expect(decrypted('aes.zip', 'no')).rejects.toThrow('Bad password for file small');
});

it('refuses a wrong password and what it cannot read', async () => {
  await expect(decrypted('locked.zip', 'no')).rejects.toThrow('Bad password for file stored');
  await expect(decrypted('packed', password)).rejects.toThrow('It is no zip');
  writeFileSync(join(folder, 'cut.zip'), readFileSync(join(folder, 'locked.zip')).subarray(40));
  await expect(decrypted('cut.zip', password)).rejects.toThrow('It is damaged');
});

it('tells whether a zip needs a password, and ends when it is cancelled', async () => {
  const at = (name: string): string => join(folder, name);
  await run('zip', '-q', 'free.zip', 'open');
  expect([await isZipEncrypted(host, at('locked.zip')), await isZipEncrypted(host, at('free.zip'))]).toEqual([
    true,
    false,
  ]);
  const signal = AbortSignal.abort(new Error('the job was cancelled'));
  const cancelled = decryptZip(host, { path: at('locked.zip'), password, copy: at('none'), signal });
  await expect(cancelled).rejects.toThrow('the job was cancelled');
});

it('copies what stands in a plain file with its mode, and leaves nothing behind', async () => {
  let seen = '';
  const size = await withPlainZip(host, { path: join(folder, 'locked.zip'), password }, async (path) => {
    seen = path;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    return statSync(path).size;
  });
  expect(size).toBeGreaterThan(100);
  expect(existsSync(seen)).toBe(false);
  const wrong = withPlainZip(host, { path: join(folder, 'locked.zip'), password: 'no' }, async () => 'reached');
  await expect(wrong).rejects.toThrow('Bad password');
});
