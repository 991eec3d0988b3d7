import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_matchers` */
export const syncMatchers = defineSync('matchers');
