import { z } from 'zod';
import { text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { chooseSaltenv, saltenvArgument } from '../saltenv.ts';

const prefix = withDefault(text(), '').describe('Only what begins with this.');

export const listMaster = defineFunction({
  name: 'cp.list_master',
  summary: 'The files on the file server.',
  args: z.object({ saltenv: saltenvArgument, prefix }),
  examples: ["'*' cp.list_master"],
  run: async ({ saltenv, prefix: start }, context) =>
    context.fileServer.listFiles(chooseSaltenv(saltenv, context), start),
});

export const listMasterDirs = defineFunction({
  name: 'cp.list_master_dirs',
  summary: 'The folders on the file server.',
  args: z.object({ saltenv: saltenvArgument, prefix }),
  examples: ["'*' cp.list_master_dirs"],
  run: async ({ saltenv, prefix: start }, context) =>
    context.fileServer.listDirectories(chooseSaltenv(saltenv, context), start),
});

export const listMasterSymlinks = defineFunction({
  name: 'cp.list_master_symlinks',
  summary: 'The symbolic links on the file server and what they point to.',
  args: z.object({ saltenv: saltenvArgument, prefix }),
  examples: ["'*' cp.list_master_symlinks"],
  run: async ({ saltenv, prefix: start }, context) =>
    new Map(await context.fileServer.listSymlinks(chooseSaltenv(saltenv, context), start)),
});

export const listStates = defineFunction({
  name: 'cp.list_states',
  summary: 'The SLS files on the file server, by their dotted names.',
  args: z.object({ saltenv: saltenvArgument }),
  examples: ["'*' cp.list_states"],
  async run({ saltenv }, context) {
    const files = await context.fileServer.listFiles(chooseSaltenv(saltenv, context));
    const names = files
      .filter((file) => file.endsWith('.sls'))
      .map((file) => file.replace(/(\/init)?\.sls$/, '').replaceAll('/', '.'));
    return [...new Set(names)].toSorted();
  },
});

export const envs = defineFunction({
  name: 'cp.envs',
  summary: 'The environments of the file server.',
  args: z.object({}),
  examples: ["'*' cp.envs"],
  run: async (_args, { fileServer }) => fileServer.environments(),
});
