import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_utils` */
export const syncUtils = defineSync('utils');
