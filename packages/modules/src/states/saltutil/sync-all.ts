import { defineGrainSync } from '../../providers/saltutil/define-grain-sync.ts';

/** `saltutil.sync_all` */
export const syncAll = defineGrainSync('all', 'Sync performed');
