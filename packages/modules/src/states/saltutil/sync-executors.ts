import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_executors` */
export const syncExecutors = defineSync('executors');
