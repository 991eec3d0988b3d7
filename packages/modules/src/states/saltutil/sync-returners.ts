import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_returners` */
export const syncReturners = defineSync('returners');
