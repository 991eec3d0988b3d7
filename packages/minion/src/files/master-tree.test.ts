import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AppError, decodeMessage, encodeMessage } from '@brine/common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MasterLink } from '../call/master-link.ts';
import { createFileCache } from '../store/file-cache-store.ts';
import { createMasterTree } from './master-tree.ts';
import type { Tree } from './tree.ts';

let folder: string;
let asked: string[];
let served: Map<string, Buffer>;
let isFolderServed: boolean;
let manifestsSent: number;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-tree-'));
  asked = [];
  isFolderServed = true;
  manifestsSent = 0;
  served = new Map([
    ['web/init.sls', Buffer.from('nginx: pkg.installed\n')],
    ['web/big.bin', Buffer.alloc(2_500_000, 'x')],
  ]);
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Question {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly known?: string;
  readonly sha256?: string;
}

/** A master that serves `served`; `tamper` may falsify what it sends. */
function linkTo(tamper: (bytes: Buffer) => Buffer = (bytes) => bytes): MasterLink {
  return {
    request: async (verb, body) => {
      asked.push(verb);
      const { path: file, offset, length, known, sha256: wanted } = decodeMessage(body) as Question;
      if (verb === 'file.manifest') {
        const entries = [...served].map(([name, { length: size }]) => ({
          path: name,
          kind: 'file',
          size,
          mode: 0o640,
          sha256: sha256(served.get(name) ?? Buffer.alloc(0)),
        }));
        const web = { path: 'web', kind: 'directory', size: 0, mode: 0o755 };
        const all = isFolderServed ? [...entries, web] : entries;
        const id = sha256(encodeMessage(entries));
        if (id !== known) manifestsSent += 1;
        return encodeMessage(id === known ? { id } : { id, entries: all, emptyDirectories: ['void'] });
      }
      if (verb === 'file.environments') return encodeMessage({ environments: ['base', 'dev'] });
      const content = served.get(file);
      if (content === undefined) throw new AppError({ code: 'file-not-found', message: file });
      if (wanted !== sha256(content)) throw new AppError({ code: 'file-changed', message: file });
      const bytes = tamper(Buffer.from(content.subarray(offset, offset + length)));
      return encodeMessage({ bytes: new Uint8Array(bytes), end: offset + bytes.length >= content.length });
    },
  };
}

/** Files of the cache, without the manifests. */
function filesBelow(): string[] {
  const all = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return paths
    .map((file) => path.relative(folder, file))
    .filter((file) => !file.startsWith('manifests/'))
    .toSorted();
}

const treeOver = (link: MasterLink): Tree => createMasterTree(link, createFileCache(folder));

describe('createMasterTree', () => {
  it('reads the text of files for compiling', async () => {
    const { files } = treeOver(linkTo());
    expect(await files.readText('salt://web/init.sls', 'base')).toEqual({
      text: 'nginx: pkg.installed\n',
      file: 'web/init.sls',
    });
    expect(await files.readText('web/none.sls', 'base')).toBeUndefined();
    expect(await files.exists('web/init.sls', 'base')).toBe(true);
    expect(await files.listFiles('base')).toEqual(['web/big.bin', 'web/init.sls']);
    expect(await files.environments()).toEqual(['base', 'dev']);
  });

  it('fetches large files in pieces, with the mode they have on the master', async () => {
    const fetched = await treeOver(linkTo()).server.fetch('salt://web/big.bin', 'base');
    expect(fetched).toEqual({
      path: path.join(folder, 'files', 'base', 'web/big.bin'),
      sha256: sha256(served.get('web/big.bin') ?? Buffer.alloc(0)),
      mode: 0o640,
    });
    expect(fs.readFileSync(fetched?.path ?? '').equals(served.get('web/big.bin') ?? Buffer.alloc(0))).toBe(true);
    expect(asked.filter((verb) => verb === 'file.read')).toHaveLength(3);
  });

  it('fetches a file again only when it changed', async () => {
    await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base');
    await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base');
    expect(asked.filter((verb) => verb === 'file.read')).toHaveLength(1);
    served.set('web/init.sls', Buffer.from('changed'));
    const fetched = await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base');
    expect(fs.readFileSync(fetched?.path ?? '', 'utf8')).toBe('changed');
  });

  it('keeps the files of environments apart, also one that the URL names', async () => {
    const { server } = treeOver(linkTo());
    const paths = [
      await server.fetch('salt://web/init.sls', 'base'),
      await server.fetch('salt://web/init.sls?saltenv=dev', 'base'),
      await server.fetch('salt://web/init.sls', '../../up'),
    ].map((fetched) => path.relative(folder, fetched?.path ?? ''));
    expect(paths).toEqual(['files/base/web/init.sls', 'files/dev/web/init.sls', 'files/..%2F..%2Fup/web/init.sls']);
  });

  it('puts nothing in place that is not what was promised', async () => {
    const { server } = treeOver(linkTo((bytes) => bytes.fill('y')));
    await expect(server.fetch('salt://web/init.sls', 'base')).rejects.toMatchObject({ code: 'file-damaged' });
    expect(filesBelow()).toEqual([]);
  });

  it('goes on where an earlier fetch broke off', async () => {
    let left = 2;
    const breaking = linkTo((bytes) => {
      if ((left -= 1) < 0) throw new AppError({ code: 'bus-disconnected', message: 'cut' });
      return bytes;
    });
    await expect(treeOver(breaking).server.fetch('salt://web/big.bin', 'base')).rejects.toMatchObject({
      code: 'bus-disconnected',
    });
    asked = [];
    const fetched = await treeOver(linkTo()).server.fetch('salt://web/big.bin', 'base');
    expect(fs.readFileSync(fetched?.path ?? '').equals(served.get('web/big.bin') ?? Buffer.alloc(0))).toBe(true);
    expect(asked).toEqual(['file.manifest', 'file.read']);
  });

  it('begins anew when what an earlier fetch left is damaged', async () => {
    const content = served.get('web/init.sls') ?? Buffer.alloc(0);
    const digest = sha256(content);
    fs.mkdirSync(path.join(folder, 'blobs', digest.slice(0, 2)), { recursive: true });
    fs.writeFileSync(path.join(folder, 'blobs', digest.slice(0, 2), `${digest}.999999999.part`), 'rubbish');
    const fetched = await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base');
    expect(fs.readFileSync(fetched?.path ?? '').equals(content)).toBe(true);
    expect(filesBelow().filter((file) => file.endsWith('.part'))).toEqual([]);
  });

  it('keeps one content once, and fetches one that was altered by hand again', async () => {
    served.set('web/twin.sls', Buffer.from('nginx: pkg.installed\n'));
    const tree = treeOver(linkTo());
    const one = await tree.server.fetch('salt://web/init.sls', 'base');
    const twin = await tree.server.fetch('salt://web/twin.sls', 'base');
    expect(fs.statSync(one?.path ?? '').ino).toBe(fs.statSync(twin?.path ?? '').ino);
    expect(asked.filter((verb) => verb === 'file.read')).toHaveLength(1);
    fs.writeFileSync(one?.path ?? '', 'altered');
    const again = await tree.server.fetch('salt://web/init.sls', 'base');
    expect(fs.readFileSync(again?.path ?? '', 'utf8')).toBe('nginx: pkg.installed\n');
  });

  it('refuses a file that changed after the run began, rather than mix two trees', async () => {
    const { server, files } = treeOver(linkTo());
    await files.listFiles('base');
    served.set('web/init.sls', Buffer.from('changed'));
    await expect(server.fetch('salt://web/init.sls', 'base')).rejects.toMatchObject({
      code: 'tree-changed',
      message: "salt://web/init.sls of environment 'base' changed on the master after this run had begun; run it again",
    });
    served.delete('web/big.bin');
    await expect(server.fetch('salt://web/big.bin', 'base')).rejects.toMatchObject({ code: 'tree-changed' });
    expect(
      fs.readFileSync((await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base'))?.path ?? '', 'utf8'),
    ).toBe('changed');
  });

  it('keeps the manifest, and does without it when it is damaged', async () => {
    await treeOver(linkTo()).files.listFiles('base');
    expect(await treeOver(linkTo()).files.listFiles('base')).toEqual(['web/big.bin', 'web/init.sls']);
    expect(manifestsSent).toBe(1);
    const kept = path.join(folder, 'manifests', 'base');
    const bytes = fs.readFileSync(kept);
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
    fs.writeFileSync(kept, bytes);
    expect(await treeOver(linkTo()).files.listFiles('base')).toEqual(['web/big.bin', 'web/init.sls']);
    expect(manifestsSent).toBe(2);
  });

  it('puts a file where a folder was, and a folder where a file was', async () => {
    await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base');
    served = new Map([['web', Buffer.from('a file now')]]);
    isFolderServed = false;
    await treeOver(linkTo()).server.fetch('salt://web', 'base');
    served = new Map([['web/init.sls', Buffer.from('and a folder')]]);
    const fetched = await treeOver(linkTo()).server.fetch('salt://web/init.sls', 'base');
    expect(fs.readFileSync(fetched?.path ?? '', 'utf8')).toBe('and a folder');
  });

  it('throws the longest unused contents away when there are too many', async () => {
    served = new Map(['a', 'b', 'c'].map((name) => [name, Buffer.alloc(1000, name)]));
    const tree = createMasterTree(linkTo(), createFileCache(folder, 2500));
    const age = async (file: string, hours: number): Promise<void> => {
      const fetched = await tree.server.fetch(`salt://${file}`, 'base');
      const { mtime } = fs.statSync(fetched?.path ?? '');
      fs.utimesSync(fetched?.path ?? '', new Date(Date.now() - hours * 3_600_000), mtime);
    };
    await age('b', 3);
    await age('a', 2);
    await tree.server.fetch('salt://c', 'base');
    expect(filesBelow().filter((file) => file.startsWith('files'))).toEqual(['files/base/a', 'files/base/c']);
    expect(filesBelow().filter((file) => file.startsWith('blobs'))).toHaveLength(2);
  });

  it('lists what is below a prefix', async () => {
    const { server } = treeOver(linkTo());
    expect(await server.listFiles('base', 'web/b')).toEqual(['web/big.bin']);
    expect(await server.listDirectories('base')).toEqual(['web']);
    expect(await server.listEmptyDirectories('base')).toEqual(['void']);
  });

  it('refuses a path that leaves the cache', async () => {
    served.set('../../../escape', Buffer.from('x'));
    const { server } = treeOver(linkTo());
    await expect(server.fetch('salt://../../../escape', 'base')).rejects.toMatchObject({ code: 'file-refused' });
  });

  it('asks for the manifest of an environment once', async () => {
    const { files } = treeOver(linkTo());
    await Promise.all([files.listFiles('base'), files.exists('a', 'base'), files.readText('web/init.sls', 'base')]);
    expect(asked.filter((verb) => verb === 'file.manifest')).toHaveLength(1);
  });
});
