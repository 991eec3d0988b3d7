import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_states` */
export const syncStates = defineSync('states');
