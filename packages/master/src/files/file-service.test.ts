import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileRoots, systemTreeDisk } from '@brine/sls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileService, maxReadLength, type FileService } from './file-service.ts';

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

describe('the file service', () => {
  let folder: string;
  let service: FileService;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-files-'));
    mkdirSync(join(folder, 'base', 'web'), { recursive: true });
    writeFileSync(join(folder, 'base', 'web', 'init.sls'), 'a: test.nop', { mode: 0o640 });
    writeFileSync(join(folder, 'secret'), 'outside');
    const roots = new Map([['base', [join(folder, 'base')]]]);
    service = createFileService(createFileRoots({ roots, disk: systemTreeDisk }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('describes a file by digest, size and mode, and notices a change', async () => {
    const text = 'a: test.nop';
    expect(await service.describe('web/init.sls', 'base')).toEqual({ sha256: sha256(text), size: 11, mode: 0o640 });
    writeFileSync(join(folder, 'base', 'web', 'init.sls'), 'b: test.nop twice');
    expect((await service.describe('web/init.sls', 'base')).sha256).toBe(sha256('b: test.nop twice'));
  });

  it('reads a large file in pieces that make the whole', async () => {
    const content = Buffer.alloc(maxReadLength * 2 + 17, 'brine');
    writeFileSync(join(folder, 'base', 'large'), content);
    const pieces: Uint8Array[] = [];
    for (let offset = 0, end = false; !end;) {
      const piece = await service.read({ path: 'large', saltenv: 'base', offset, length: maxReadLength * 10 });
      pieces.push(piece.bytes);
      offset += piece.bytes.length;
      end = piece.end;
      expect(piece.bytes.length).toBeLessThanOrEqual(maxReadLength);
    }
    expect(sha256(Buffer.concat(pieces))).toBe(sha256(content));
  });

  it('serves nothing from outside its roots, and nothing that is not a regular file', async () => {
    symlinkSync(join(folder, 'secret'), join(folder, 'base', 'link'));
    execFileSync('mkfifo', [join(folder, 'base', 'pipe')]);
    for (const path of [
      '../secret',
      'web/../../secret',
      'link',
      '/etc/passwd',
      'pipe',
      'web',
      'missing',
      'web/init.sls\0',
    ]) {
      await expect(service.describe(path, 'base')).rejects.toMatchObject({ code: 'file-not-found' });
      await expect(service.read({ path, saltenv: 'base', offset: 0, length: 10 })).rejects.toMatchObject({
        code: 'file-not-found',
      });
    }
    await expect(service.describe('web/init.sls', 'dev')).rejects.toMatchObject({ code: 'file-not-found' });
  });
});
