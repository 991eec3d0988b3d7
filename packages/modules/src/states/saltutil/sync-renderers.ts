import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_renderers` */
export const syncRenderers = defineSync('renderers');
