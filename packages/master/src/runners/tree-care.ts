import { oneOf, optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

const backend = optional(oneOf('roots', 'local')).describe('`roots`, the only one there is.');

/** `fileserver.update` */
export const updateTree = defineRunner({
  name: 'fileserver.update',
  summary: 'Looks for changes in the tree now; with `fileserver_events` the event bus is told of them.',
  args: z.object({ backend }),
  examples: ['fileserver.update'],
  async run(_args, { treeUpdates }) {
    await treeUpdates.update();
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
