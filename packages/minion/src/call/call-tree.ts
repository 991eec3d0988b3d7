import { pythonStr, type Dict } from '@brine/common';
import { createFileRoots, systemTreeDisk } from '@brine/sls';
import { createLocalTree, readRoots } from '../files/local-tree.ts';
import { createMasterTree } from '../files/master-tree.ts';
import { withRemoteFiles } from '../files/remote-files.ts';
import type { Tree } from '../files/tree.ts';
import { createFileCache } from '../store/file-cache-store.ts';
import { createRemoteCache } from '../store/remote-cache-store.ts';
import type { CallEnvironmentOptions } from './call-request.ts';

/** The tree that a call works with: the master's, or its own roots; and what other servers have. */
export function createCallTree(environment: CallEnvironmentOptions): Tree {
  const { options } = environment;
  const cachedir = pythonStr(options.get('cachedir') ?? '');
  const remote = createRemoteCache(cachedir);
  return withRemoteFiles(ownTree(environment, cachedir), { cache: remote, options });
}

function ownTree({ options, link, sealed, failpoints }: CallEnvironmentOptions, cachedir: string): Tree {
  if (link !== undefined) {
    const cache = createFileCache(cachedir, cacheLimit(options), failpoints);
    return createMasterTree(link, sealed?.cache(cache) ?? cache);
  }
  return createLocalTree(createFileRoots({ ...readRoots(options, 'file_roots'), disk: systemTreeDisk }));
}

/** Bytes. */
function cacheLimit(options: Dict): number {
  const megabytes = options.get('file_cache_max_size');
  return typeof megabytes === 'number' && megabytes > 0 ? megabytes * 1024 * 1024 : Number.POSITIVE_INFINITY;
}
