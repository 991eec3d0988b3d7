import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Plain } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const options = { cachedir: '/cache' };

function machine(): FakeHost {
  return createFakeHost({ files: { '/w/old': 'old\n', '/w/d/x': 'x' } });
}

async function receive(host: FakeHost, name: string, positional: Plain[], keyword: Record<string, Plain> = {}) {
  return callScratch(`cp.${name}`, { host, positional, keyword, options });
}

async function textOf(host: FakeHost, path: string): Promise<string | undefined> {
  const bytes = await host.files.read(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('cp.recv', () => {
  it('puts files into a folder, or one under its name', async () => {
    const host = machine();
    const files = { '/src/a': 'A', '/src/b': new Uint8Array([0, 255]) };
    expect(await receive(host, 'recv', [files, '/w/d'])).toEqual({
      value: new Map([
        ['/w/d/a', true],
        ['/w/d/b', true],
      ]),
      retcode: 0,
    });
    expect(await textOf(host, '/w/d/a')).toBe('A');
    expect(await host.files.read('/w/d/b')).toEqual(new Uint8Array([0, 255]));
    await receive(host, 'recv', [{ '/src/new': 'new' }, '/w/old']);
    expect(await textOf(host, '/w/old')).toBe('new');
  });

  it('writes nothing where there is no folder, nor to a path that is not absolute', async () => {
    const host = machine();
    expect(await receive(host, 'recv', [{ '/a': '' }, '/none/a'])).toEqual({
      value: 'Destination unavailable',
      retcode: 1,
    });
    await expect(receive(host, 'recv', [{ '/a': '' }, 'w/a'])).rejects.toThrow("'w/a' is no absolute path");
  });
});

describe('cp.recv_chunked', () => {
  it('shows the file under its name once all pieces have come, with its mode', async () => {
    const host = machine();
    const rest = { size: 8, sha256: sha256('one two\n'), mode: 0o100640 };
    const first = { value: true, retcode: 0 };
    expect(await receive(host, 'recv_chunked', ['/w/new/f', gzipSync('one ')], rest)).toEqual(first);
    expect(await textOf(host, '/w/new/f')).toBeUndefined();
    const last = gzipSync('two\n').toString('base64');
    await receive(host, 'recv_chunked', ['/w/new/f', last], { ...rest, append: true });
    expect(await textOf(host, '/w/new/f')).toBe('one two\n');
    expect((await host.files.stat('/w/new/f'))?.mode).toBe(0o640);
    expect(await host.files.list('/cache/salt-cp')).toEqual([]);
  });

  it('begins anew with a first piece, whatever an earlier transfer left', async () => {
    const host = machine();
    const rest = { size: 3, sha256: sha256('new'), compressed: false };
    await receive(host, 'recv_chunked', ['/w/old', Buffer.from('le')], rest);
    await receive(host, 'recv_chunked', ['/w/old', Buffer.from('new')], rest);
    expect(await textOf(host, '/w/old')).toBe('new');
  });

  it.each([
    ['is another', 'abd', 3],
    ['is longer', 'abcd', 3],
  ])('keeps what was there when what came %s', async (_what, text, size) => {
    const host = machine();
    const keyword = { size, sha256: sha256('abc'), compressed: false };
    await expect(receive(host, 'recv_chunked', ['/w/old', Buffer.from(text)], keyword)).rejects.toThrow(
      'what came for /w/old is not what was sent; send it again',
    );
    expect(await textOf(host, '/w/old')).toBe('old\n');
    expect(await host.files.list('/cache/salt-cp')).toEqual([]);
  });

  it("takes pieces as Salt's own salt-cp sends them", async () => {
    const host = machine();
    const [first, second] = ['A', 'B'].map((text) => Buffer.from(text).toString('base64'));
    await receive(host, 'recv_chunked', ['/w/s', first, false, false, 0o600]);
    await receive(host, 'recv_chunked', ['/w/s', second, true, false, 0o600]);
    expect(await textOf(host, '/w/s')).toBe('AB');
    expect((await host.files.stat('/w/s'))?.mode).toBe(0o600);
  });

  it('makes empty folders, and says when a file is in the way', async () => {
    const host = machine();
    expect((await receive(host, 'recv_chunked', ['/w/a/b', null])).value).toBe(true);
    expect((await host.files.stat('/w/a/b'))?.kind).toBe('directory');
    expect((await receive(host, 'recv_chunked', ['/w/a/b', null])).value).toBe(true);
    expect(await receive(host, 'recv_chunked', ['/w/old', null])).toEqual({
      value: 'Path exists and is a file',
      retcode: 1,
    });
  });

  it('refuses what unpacks to too much, or not at all', async () => {
    const host = machine();
    const bomb = gzipSync(new Uint8Array(33 * 1024 * 1024));
    for (const piece of [bomb, Buffer.from('no gzip')])
      await expect(receive(host, 'recv_chunked', ['/w/f', piece])).rejects.toThrow('the piece cannot be unpacked');
    expect(await textOf(host, '/w/f')).toBeUndefined();
  });
});
