import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_modules` */
export const syncModules = defineSync('modules');
