import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_clouds` */
export const syncClouds = defineSync('clouds');
