import { AppError } from '@brine/common';
import { oneOf, optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

const backend = optional(oneOf('roots', 'local')).describe('`roots`, the only one there is.');

/** `fileserver.update` */
export const updateTree = defineRunner({
  name: 'fileserver.update',
  summary: 'Reads all environments of the file server, and says whether they can be read.',
  args: z.object({ backend }),
  examples: ['fileserver.update'],
  async run(_args, { files }) {
    for (const environment of await files.environments()) await files.manifest(environment);
    return true;
  },
});

/** `fileserver.clear_cache` */
export const clearTreeCache = defineRunner({
  name: 'fileserver.clear_cache',
  summary: 'Nothing to do: folders of the master are served as they are, without a cache.',
  args: z.object({ backend }),
  examples: ['fileserver.clear_cache'],
  run: () => 'No cache was cleared',
});

/** `fileserver.clear_file_list_cache` */
export const clearFileLists = defineRunner({
  name: 'fileserver.clear_file_list_cache',
  summary: 'Nothing to do: lists of files are read anew whenever somebody asks.',
  args: z.object({ saltenv: optional(text()).describe('The environment.'), backend }),
  examples: ['fileserver.clear_file_list_cache'],
  run: () => ({}),
});

/** `fileserver.clear_lock` */
export const clearTreeLock = defineRunner({
  name: 'fileserver.clear_lock',
  summary: 'Nothing to do: folders of the master need no locks.',
  args: z.object({ backend, remote: optional(text()).describe('A remote of another backend.') }),
  examples: ['fileserver.clear_lock'],
  run: () => 'No locks were removed',
});

/** `fileserver.lock` */
export const lockTree = defineRunner({
  name: 'fileserver.lock',
  summary: 'Nothing to do: folders of the master need no locks.',
  args: z.object({ backend, remote: optional(text()).describe('A remote of another backend.') }),
  examples: ['fileserver.lock'],
  run: () => 'No locks were set',
});

/** `manage.safe_accept` */
export const safeAccept = defineRunner({
  name: 'manage.safe_accept',
  summary: 'Refused: it needs salt-ssh. Join tokens let minions in safely, see docs/keys.md.',
  args: z.object({
    target: text().describe('The minions.'),
    tgt_type: optional(text()).describe('How the target is read.'),
  }),
  examples: ['manage.safe_accept web1'],
  run() {
    const message =
      'manage.safe_accept needs salt-ssh, which does not exist here; make a join token instead: salt-key --token create --id ID';
    throw new AppError({ code: 'runner-failed', message });
  },
});
