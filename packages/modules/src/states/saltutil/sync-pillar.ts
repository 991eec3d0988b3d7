import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_pillar` */
export const syncPillar = defineSync('pillar');
