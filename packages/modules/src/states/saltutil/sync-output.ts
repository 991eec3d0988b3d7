import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_output` */
export const syncOutput = defineSync('output');
