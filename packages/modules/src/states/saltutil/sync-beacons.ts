import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_beacons` */
export const syncBeacons = defineSync('beacons');
