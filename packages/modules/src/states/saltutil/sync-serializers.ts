import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_serializers` */
export const syncSerializers = defineSync('serializers');
