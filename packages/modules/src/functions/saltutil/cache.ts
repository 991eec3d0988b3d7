import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { defineFunction } from '../../kit/define-function.ts';

/** Folders of the cache that hold copies only; the others hold what the minion must not forget. */
const copies = ['files', 'extrn_files', 'localfiles'];

export const clearCache = defineFunction({
  name: 'saltutil.clear_cache',
  summary: 'Removes the cached copies of files; jobs and returns that wait stay.',
  args: z.object({}),
  examples: ["'*' saltutil.clear_cache"],
  async run(_args, { host, options }) {
    const folder = pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion');
    for (const name of copies) {
      const path = `${folder}/${name}`;
      if ((await host.files.stat(path)) !== undefined) await host.files.remove(path, { recursive: true });
    }
    return true;
  },
});
