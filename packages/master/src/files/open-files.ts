import { join } from 'node:path';
import { compilePythonRegex } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { createFileRoots, systemTreeDisk } from '@brine/sls';
import { createFileService, type FileService } from './file-service.ts';
import { createReceivedFiles, type ReceivedFiles } from './received-files-store.ts';

const megabyte = 1024 * 1024;

/** The files that the master serves, and those that minions send it, as the configuration says. */
export function openFiles(config: MasterConfig): { readonly files: FileService; readonly received: ReceivedFiles } {
  const roots = createFileRoots({
    roots: new Map(Object.entries(config.file_roots)),
    disk: systemTreeDisk,
    ignoreGlobs: config.file_ignore_glob,
    ignoreRegexes: config.file_ignore_regex.map((pattern) => compilePythonRegex(pattern)),
    followSymlinks: config.fileserver_followsymlinks,
    ignoreSymlinks: config.fileserver_ignoresymlinks,
  });
  const received = createReceivedFiles({
    directory: join(config.cachedir, 'minions'),
    isOn: config.file_recv,
    largestFile: config.file_recv_max_size * megabyte,
    quota: config.file_recv_quota * megabyte,
  });
  return { files: createFileService(roots), received };
}
