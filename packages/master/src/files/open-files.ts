import { join } from 'node:path';
import { compilePythonRegex, type Failpoints } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { createFileRoots, systemTreeDisk } from '@brine/sls';
import { createExchangeable } from '../daemon/exchangeable.ts';
import { guard } from '../daemon/failpoints.ts';
import type { Reloadable } from '../daemon/reload-master.ts';
import { createFileService, type FileService } from './file-service.ts';
import { createReceivedFiles, type ReceivedFiles } from './received-files-store.ts';

const megabyte = 1024 * 1024;

const rootKeys = [
  ...['file_roots', 'file_ignore_glob', 'file_ignore_regex', 'fileserver_followsymlinks', 'fileserver_ignoresymlinks'],
];
const receivedKeys = ['file_recv', 'file_recv_max_size', 'file_recv_quota'];

/** The files of a master. */
export interface OpenedFiles {
  readonly files: FileService;
  readonly received: ReceivedFiles;
  /** Take over other roots, and other limits of what minions send. */
  readonly reloadables: readonly Reloadable[];
}

/** The files that the master serves, and those that minions send it, as the configuration says. */
export function openFiles(config: MasterConfig, failpoints: Failpoints): OpenedFiles {
  const files = createExchangeable(openServed(config));
  const received = createExchangeable(openReceived(config, failpoints));
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
  return { files: files.port, received: received.port, reloadables: [served, taken] };
}

function openServed(config: MasterConfig): FileService {
  const roots = createFileRoots({
    roots: new Map(Object.entries(config.file_roots)),
    disk: systemTreeDisk,
    ignoreGlobs: config.file_ignore_glob,
    ignoreRegexes: config.file_ignore_regex.map((pattern) => compilePythonRegex(pattern)),
    followSymlinks: config.fileserver_followsymlinks,
    ignoreSymlinks: config.fileserver_ignoresymlinks,
  });
  return createFileService(roots);
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
