import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_proxymodules` */
export const syncProxymodules = defineSync('proxymodules');
