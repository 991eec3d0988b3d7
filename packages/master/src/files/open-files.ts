import { join } from 'node:path';
import { compilePythonRegex, type Failpoints } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { createFileRoots, systemTreeDisk, type FileRoots, type FileRootsOptions } from '@brine/sls';
import { createExchangeable } from '../daemon/exchangeable.ts';
import { guard } from '../daemon/failpoints.ts';
import type { Reloadable } from '../daemon/reload-master.ts';
import { createFileService, type FileService } from './file-service.ts';
import { createReceivedFiles, type ReceivedFiles } from './received-files-store.ts';
import { createTreeUpdates, readTreeTimes, type TreeUpdates, type TreeUpdatesOptions } from './tree-updates.ts';

const megabyte = 1024 * 1024;

const rootKeys = [
  ...['file_roots', 'file_ignore_glob', 'file_ignore_regex', 'fileserver_followsymlinks', 'fileserver_ignoresymlinks'],
];
const updateKeys = ['fileserver_events', 'roots_update_interval'];
const receivedKeys = ['file_recv', 'file_recv_max_size', 'file_recv_quota'];

/** The files of a master. */
export interface OpenedFiles {
  readonly files: FileService;
  readonly received: ReceivedFiles;
  readonly updates: TreeUpdates;
  /** Take over other roots, and other limits of what minions send. */
  readonly reloadables: readonly Reloadable[];
}

/** What files are opened with. */
export interface OpenFilesOptions extends Pick<TreeUpdatesOptions, 'store' | 'events' | 'clock' | 'logger'> {
  readonly failpoints: Failpoints;
}

/** The files that the master serves, and those that minions send it, as the configuration says. */
export function openFiles(config: MasterConfig, { failpoints, ...rest }: OpenFilesOptions): OpenedFiles {
  const files = createExchangeable(openServed(config));
  const received = createExchangeable(openReceived(config, failpoints));
  let current = config;
  const updates = createTreeUpdates({
    ...rest,
    readTimes: async () => readTreeTimes(timedRoots(current)),
    announces: () => current.fileserver_events,
    // Salt's standard stands in for 0, which would never rest.
    intervalMilliseconds: () => (current.roots_update_interval || 60) * 1000,
  });
  const served: Reloadable = {
    keys: rootKeys,
    prepare(next) {
      const made = openServed(next);
      return () => files.exchange(made);
    },
  };
  const taken: Reloadable = {
    keys: receivedKeys,
    prepare(next) {
      const made = openReceived(next, failpoints);
      return () => received.exchange(made);
    },
  };
  const looked: Reloadable = {
    keys: [...rootKeys, ...updateKeys],
    prepare: (next) => () => {
      current = next;
      updates.start();
    },
  };
  return { files: files.port, received: received.port, updates, reloadables: [served, taken, looked] };
}

function openServed(config: MasterConfig): FileService {
  return createFileService(openRoots(config, { roots: new Map(Object.entries(config.file_roots)) }));
}

function openRoots(config: MasterConfig, given: Pick<FileRootsOptions, 'roots' | 'followSymlinks'>): FileRoots {
  return createFileRoots({
    disk: systemTreeDisk,
    ignoreGlobs: config.file_ignore_glob,
    ignoreRegexes: config.file_ignore_regex.map((pattern) => compilePythonRegex(pattern)),
    followSymlinks: config.fileserver_followsymlinks,
    ignoreSymlinks: config.fileserver_ignoresymlinks,
    ...given,
  });
}

/** Each folder by itself: a file that another folder hides may be what changed. */
function timedRoots(config: MasterConfig): Parameters<typeof readTreeTimes>[0] {
  const folders = new Set(Object.values(config.file_roots).flat());
  return [...folders].map((folder) => {
    const roots = openRoots(config, { roots: new Map([['base', [folder]]]), followSymlinks: false });
    return { folder, list: async () => (await roots.manifest('base')).entries };
  });
}

function openReceived(config: MasterConfig, failpoints: Failpoints): ReceivedFiles {
  const received = createReceivedFiles({
    failpoints,
    directory: join(config.cachedir, 'minions'),
    isOn: config.file_recv,
    largestFile: config.file_recv_max_size * megabyte,
    quota: config.file_recv_quota * megabyte,
  });
  return guard('received', received, failpoints);
}
