import { defineGrainSync } from '../../providers/saltutil/define-grain-sync.ts';

/** `saltutil.sync_grains` */
export const syncGrains = defineGrainSync('grains', 'Updated grains.');
