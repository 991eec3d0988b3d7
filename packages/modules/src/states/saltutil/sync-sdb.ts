import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_sdb` */
export const syncSdb = defineSync('sdb');
