import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_outputters` */
export const syncOutputters = defineSync('outputters');
