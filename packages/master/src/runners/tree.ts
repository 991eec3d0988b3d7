import type { Plain, Value } from '@brine/common';
import { text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

const saltenv = { saltenv: withDefault(text(), 'base').describe('The environment to list.') };

/** `fileserver.envs` */
export const environments = defineRunner({
  name: 'fileserver.envs',
  summary: 'The environments that the file server serves.',
  args: z.object({}),
  examples: ['fileserver.envs'],
  run: async (_args, { files }) => [...(await files.environments())],
});

/** `fileserver.file_list` */
export const fileList = defineRunner({
  name: 'fileserver.file_list',
  summary: 'The files of an environment.',
  args: z.object(saltenv),
  examples: ['fileserver.file_list', 'fileserver.file_list saltenv=dev'],
  run: async (args, { files }) => [...(await files.manifest(args.saltenv)).files],
});

/** `fileserver.dir_list` */
export const directoryList = defineRunner({
  name: 'fileserver.dir_list',
  summary: 'The directories of an environment.',
  args: z.object(saltenv),
  examples: ['fileserver.dir_list'],
  run: async (args, { files }) => [...(await files.manifest(args.saltenv)).directories],
});

/** `fileserver.empty_dir_list` */
export const emptyDirectoryList = defineRunner({
  name: 'fileserver.empty_dir_list',
  summary: 'The empty directories of an environment.',
  args: z.object(saltenv),
  examples: ['fileserver.empty_dir_list'],
  run: async (args, { files }) => [...(await files.manifest(args.saltenv)).emptyDirectories],
});

/** `fileserver.symlink_list` */
export const symlinkList = defineRunner({
  name: 'fileserver.symlink_list',
  summary: 'The symlinks of an environment and where they lead.',
  args: z.object(saltenv),
  examples: ['fileserver.symlink_list'],
  run: async (args, { files }) => new Map<Value, Plain>((await files.manifest(args.saltenv)).symlinks),
});
