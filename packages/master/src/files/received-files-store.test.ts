import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseMinionId, type MinionId } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReceivedFiles, type ReceivedFiles, type ReceivedPiece } from './received-files-store.ts';

const web1 = parseMinionId('web1') as MinionId;
const limits = { isOn: true, largestFile: 20_000, quota: 50_000 };
let folder: string;
let files: ReceivedFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-received-'));
  files = createReceivedFiles({ directory: folder, ...limits });
});
afterEach(() => rmSync(folder, { recursive: true }));

function piece(path: string, content: string, change: Partial<ReceivedPiece> = {}): ReceivedPiece {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, offset: 0, size: content.length, sha256, bytes: Buffer.from(content), ...change };
}

const textOf = (path: string): string => readFileSync(join(folder, 'web1/files', path), 'utf8');

describe('files that minions send', () => {
  it('appear whole with their last piece, for the owner alone', async () => {
    const [first, second] = [piece('var/log/x', 'one two', { bytes: Buffer.from('one ') }), Buffer.from('two')];
    await files.receive(web1, first);
    expect(existsSync(join(folder, 'web1/files'))).toBe(false);
    await files.receive(web1, { ...first, offset: 4, bytes: second });
    expect(textOf('var/log/x')).toBe('one two');
    expect(statSync(join(folder, 'web1/files/var/log/x')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'web1/files/var')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'web1/incoming'))).toEqual([]);
    await files.receive(web1, piece('var/log/x', ''));
    expect(textOf('var/log/x')).toBe('');
  });

  it('are not taken unless the master says so', async () => {
    const off = createReceivedFiles({ directory: folder, ...limits, isOn: false });
    await expect(off.receive(web1, piece('x', 'x'))).rejects.toMatchObject({ code: 'file-recv-off' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ...['', '/', '/etc/cron.d/x', '../x', 'a/../../x', '..', '.', 'a//b', 'a/./b', 'a/', '/a', 'a\0b', 'a/..'],
    'x'.repeat(256),
  ])('never leave their folder (%j)', async (path) => {
    await expect(files.receive(web1, piece(path, 'x'))).rejects.toMatchObject({ code: 'file-refused' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('do not follow a link that lies in the way', async () => {
    mkdirSync(join(folder, 'web1/files'), { recursive: true });
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'web1/files/link'));
    await expect(files.receive(web1, piece('link/x', 'x'))).rejects.toMatchObject({ code: 'file-refused' });
    symlinkSync(join(folder, 'elsewhere/y'), join(folder, 'web1/files/y'));
    await files.receive(web1, piece('y', 'mine'));
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([]);
    await files.receive(web1, piece('dir/file', 'x'));
    await expect(files.receive(web1, piece('dir', 'x'))).rejects.toMatchObject({ code: 'file-refused' });
    await expect(files.receive(web1, piece('dir/file/below', 'x'))).rejects.toMatchObject({ code: 'file-refused' });
  });

  it('are no larger than allowed, whatever was said of their size', async () => {
    const large = 'x'.repeat(20_001);
    await expect(files.receive(web1, piece('x', large))).rejects.toMatchObject({ code: 'file-too-large' });
    await expect(files.receive(web1, piece('x', 'more', { size: 3 }))).rejects.toMatchObject({
      code: 'file-too-large',
    });
    await expect(files.receive(web1, piece('x', 'x', { offset: 19_000, size: 19_001 }))).rejects.toMatchObject({
      code: 'file-out-of-order',
    });
  });

  it('fill no more than a quota, also when they are many and empty', async () => {
    for (let index = 0; index < 12; index += 1) await files.receive(web1, piece(`f${index}`, ''));
    await expect(files.receive(web1, piece('f12', ''))).rejects.toMatchObject({ code: 'file-quota' });
    const again = createReceivedFiles({ directory: folder, ...limits });
    await expect(again.receive(web1, piece('f12', ''))).rejects.toMatchObject({ code: 'file-quota' });
    await files.receive(parseMinionId('web2') as MinionId, piece('f12', ''));
  });

  it('are never a mixture of two transfers', async () => {
    const one = piece('x', 'aaaabbbb', { bytes: Buffer.from('aaaa') });
    const other = piece('x', 'ccccdddd', { bytes: Buffer.from('cccc') });
    await files.receive(web1, one);
    await files.receive(web1, other);
    await expect(files.receive(web1, { ...one, offset: 4, bytes: Buffer.from('bbbb') })).rejects.toMatchObject({
      code: 'file-out-of-order',
    });
    expect(existsSync(join(folder, 'web1/files/x'))).toBe(false);
  });
});
