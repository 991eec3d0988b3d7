import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'brine-encrypted-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function isEncrypted(file: string): Promise<unknown> {
  const call = async () => join(folder, file);
  const context = { call } as never;
  return (await callScratch('archive.is_encrypted', { positional: [file], host: createLocalHost(), context })).value;
}

it('tells whether a zip needs a password, and what is no zip', async () => {
  writeFileSync(join(folder, 'a'), 'a');
  execFileSync('zip', ['-q', 'plain.zip', 'a'], { cwd: folder });
  execFileSync('zip', ['-q', '-P', 'swordfish', 'locked.zip', 'a'], { cwd: folder });
  expect(await isEncrypted('plain.zip')).toBe(false);
  expect(await isEncrypted('locked.zip')).toBe(true);
  await expect(isEncrypted('a')).rejects.toThrow('a is not a ZIP file. Additional info follows:');
});
