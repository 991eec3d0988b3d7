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

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'brine-tree-'));
  asked = [];
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
}

/** A master that serves `served`; `tamper` may falsify what it sends. */
function linkTo(tamper: (bytes: Buffer) => Buffer = (bytes) => bytes): MasterLink {
  return {
    request: async (verb, body) => {
      asked.push(verb);
      const { path: file, offset, length } = decodeMessage(body) as Question;
      if (verb === 'file.manifest') {
        const entries = [...served].map(([name, { length: size }]) => ({
          path: name,
          kind: 'file',
          size,
          mode: 0o640,
        }));
        const all = [...entries, { path: 'web', kind: 'directory', size: 0, mode: 0o755 }];
        return encodeMessage({ entries: all, emptyDirectories: ['void'] });
      }
      if (verb === 'file.environments') return encodeMessage({ environments: ['base', 'dev'] });
      const content = served.get(file);
      if (content === undefined) throw new AppError({ code: 'file-not-found', message: file });
      if (verb === 'file.hash') return encodeMessage({ sha256: sha256(content), size: content.length, mode: 0o640 });
      const bytes = tamper(Buffer.from(content.subarray(offset, offset + length)));
      return encodeMessage({ bytes: new Uint8Array(bytes), end: offset + bytes.length >= content.length });
    },
  };
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
    expect(fs.readdirSync(path.join(folder, 'files', 'base', 'web'))).toEqual([]);
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
