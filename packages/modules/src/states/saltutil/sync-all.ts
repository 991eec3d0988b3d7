import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_all` */
export const syncAll = defineSync('all');
