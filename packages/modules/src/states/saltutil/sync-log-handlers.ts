import { defineSync } from '../../providers/saltutil/define-sync.ts';

/** `saltutil.sync_log_handlers` */
export const syncLogHandlers = defineSync('log_handlers');
