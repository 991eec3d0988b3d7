import { AppError, encodeMessage } from '@brine/common';
import { expect, it } from 'vitest';
import type { SealedFiles, SealedSnapshot } from './sealed-snapshot-store.ts';
import { recordTree } from './sealed-tree.ts';

const manifest = encodeMessage({ saltenv: 'base' });
const pillar = encodeMessage({ pillarenv: 'base' });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A master that goes away after its first answer. */
function setUp(first: string) {
  let asked = 0;
  const saved: SealedSnapshot[] = [];
  const answers = new Map([
    [JSON.stringify(['file.manifest', 'base', undefined, undefined]), bytes('tree 1')],
    [JSON.stringify(['pillar.compile', undefined, 'base', undefined]), bytes('pillar 1')],
  ]);
  const files: SealedFiles = {
    load: () => Promise.resolve({ answers, options: bytes('') }),
    save: async (snapshot) => Promise.resolve(void saved.push(snapshot)),
    find: (sha256) => Promise.resolve(sha256 === 'known' ? '/sealed/known' : undefined),
  };
  const link = {
    request: async () => {
      asked += 1;
      if (asked > 1)
        throw new AppError({ code: 'bus-disconnected', message: 'the session ended before the answer came' });
      return Promise.resolve(bytes(first));
    },
  };
  return { tree: recordTree(link, files, bytes('options')), saved };
}

it('goes on from what an earlier call wrote down when the master goes away in the middle', async () => {
  const { tree, saved } = setUp('tree 1');
  expect(await tree.link.request('file.manifest', manifest)).toEqual(bytes('tree 1'));
  expect(await tree.link.request('pillar.compile', pillar)).toEqual(bytes('pillar 1'));
  await expect(tree.link.request('file.hash', encodeMessage({ path: 'x' }))).rejects.toMatchObject({
    code: 'master-away',
  });
  await tree.keep();
  expect(saved).toEqual([]);
});

it('mixes no two trees: when the master had said something else by then the call fails', async () => {
  const { tree } = setUp('tree 2');
  expect(await tree.link.request('file.manifest', manifest)).toEqual(bytes('tree 2'));
  await expect(tree.link.request('pillar.compile', pillar)).rejects.toMatchObject({ code: 'bus-disconnected' });
});
