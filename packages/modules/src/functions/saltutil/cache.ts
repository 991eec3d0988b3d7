import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { integer, text, withDefault } from '../../kit/arguments.ts';
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

export const clearJobCache = defineFunction({
  name: 'saltutil.clear_job_cache',
  summary: 'Answers true: returns that the master has taken are not kept on the minion.',
  args: z.object({ hours: withDefault(integer(), 24).describe('Accepted for Salt.') }),
  examples: ["'*' saltutil.clear_job_cache", "'*' saltutil.clear_job_cache hours=12"],
  run: () => true,
});

export const findCachedJob = defineFunction({
  name: 'saltutil.find_cached_job',
  summary: 'Says that returns are not kept on the minion; `jobs.lookup_jid` of salt-run has them.',
  args: z.object({ jid: text().describe('Id of the job.') }),
  examples: ["'*' saltutil.find_cached_job 20240101000000000000"],
  run: () => 'Local jobs cache directory not found; you may need to enable cache_jobs on this minion',
});
