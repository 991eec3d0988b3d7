import { AppError } from '@brine/common';
import { z } from 'zod';
import { unsupported } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';

export const regenKeys = defineFunction({
  name: 'saltutil.regen_keys',
  summary:
    'Gives the minion a new key; its master takes it on the word of the old one, so that nothing is accepted anew.',
  args: z.object({}),
  examples: ["'*' saltutil.regen_keys"],
  async run(_args, context) {
    if (context.renewKey === undefined) {
      throw new AppError({ code: 'function-failed', message: 'there is no minion here whose key could be renewed' });
    }
    context.log.info('key renewed', { fingerprint: await context.renewKey() });
    return null;
  },
});

export const revokeAuth = defineFunction({
  name: 'saltutil.revoke_auth',
  summary: 'Has the master delete the key of this minion, which then waits to be accepted again.',
  args: z.object({
    preserve_minion_cache: unsupported('what a master knows of a minion whose key is deleted is forgotten'),
  }),
  examples: ["'*' saltutil.revoke_auth"],
  async run(_args, { master }) {
    if (master === undefined) {
      throw new AppError({ code: 'function-failed', message: 'there is no master that could revoke the key' });
    }
    await master.request('key.revoke', new Map());
    return true;
  },
});
