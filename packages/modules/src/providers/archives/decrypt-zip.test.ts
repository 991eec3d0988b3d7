import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalHost } from '../../host/local/local-host.ts';
import { decryptZip } from './decrypt-zip.ts';

const host = createLocalHost();
const password = 'pässword "x"';
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brine-zip-'));
  writeFileSync(join(folder, 'stored'), 'x');
  writeFileSync(join(folder, 'packed'), 'line\n'.repeat(1000));
  await run('zip', '-q', '-P', password, 'locked.zip', 'stored', 'packed');
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

function decrypted(name: string, key: string): Uint8Array {
  return decryptZip(readFileSync(join(folder, name)), key);
}

it('takes the password off all members that have it, and unzip reads what comes out', async () => {
  writeFileSync(join(folder, 'plain.zip'), decrypted('locked.zip', password));
  await run('unzip', '-tq', 'plain.zip');
  expect(await run('unzip', '-Z1', 'plain.zip')).toBe('stored\npacked\nopen\n');
  expect(await run('unzip', '-p', 'plain.zip')).toBe(`x${'line\n'.repeat(1000)}for all`);
});

it('reads members whose sizes come behind them', async () => {
  writeFileSync(join(folder, 'streamed.zip'), decrypted('stream.zip', password));
  expect(await run('unzip', '-p', 'streamed.zip')).toBe('line\n'.repeat(1000));
});

it('refuses a wrong password and what it cannot read', () => {
  expect(() => decrypted('locked.zip', 'no')).toThrow('Bad password for file stored');
  expect(() => decrypted('packed', password)).toThrow('It is no zip');
  const cut = readFileSync(join(folder, 'locked.zip')).subarray(40);
  expect(() => decryptZip(cut, password)).toThrow('It is larger than can be decrypted, or damaged');
});
