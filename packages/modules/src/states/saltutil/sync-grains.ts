import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_grains` */
export const syncGrains = defineSync('grains');
