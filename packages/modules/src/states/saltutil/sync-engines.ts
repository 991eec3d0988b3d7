import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_engines` */
export const syncEngines = defineSync('engines');
