import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedactionKey } from './redaction-key-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-redaction-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('openRedactionKey', () => {
  it('makes a key for the owner alone and gives the same one from then on', async () => {
    const key = await openRedactionKey(folder);
    const file = join(folder, 'redaction.key');
    expect(key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[\da-f]{64}\n$/);
    expect(new Uint8Array(await openRedactionKey(folder))).toEqual(new Uint8Array(key));
  });

  it('refuses a file that holds something else, naming it', async () => {
    writeFileSync(join(folder, 'redaction.key'), 'changeme');
    await expect(openRedactionKey(folder)).rejects.toMatchObject({
      code: 'key-invalid',
      message: `${folder}/redaction.key does not hold 64 hex digits; without it, another key is made`,
    });
  });

  it('tells which file cannot be used', async () => {
    writeFileSync(join(folder, 'pki'), '');
    await expect(openRedactionKey(join(folder, 'pki'))).rejects.toMatchObject({ code: 'key-unreadable' });
  });
});
