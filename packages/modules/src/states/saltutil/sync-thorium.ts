import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_thorium` */
export const syncThorium = defineSync('thorium');
