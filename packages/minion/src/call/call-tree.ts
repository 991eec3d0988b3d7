import { pythonStr } from '@brine/common';
import { createFileRoots, systemTreeDisk } from '@brine/sls';
import { createLocalTree, readRoots } from '../files/local-tree.ts';
import { createMasterTree } from '../files/master-tree.ts';
import type { Tree } from '../files/tree.ts';
import { createFileCache } from '../store/file-cache-store.ts';
import type { CallEnvironmentOptions } from './call-request.ts';

/** The tree that a call works with: the master's, or its own roots. */
export function createCallTree({ options, link }: CallEnvironmentOptions): Tree {
  if (link === undefined) {
    return createLocalTree(createFileRoots({ ...readRoots(options, 'file_roots'), disk: systemTreeDisk }));
  }
  return createMasterTree(link, createFileCache(pythonStr(options.get('cachedir') ?? '')));
}
