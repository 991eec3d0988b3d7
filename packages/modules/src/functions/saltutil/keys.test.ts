import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

it('has the daemon renew the key of the minion, and answers nothing', async () => {
  let renewals = 0;
  const renewKey = async () => {
    renewals += 1;
    return 'aa:bb';
  };
  expect((await callScratch('saltutil.regen_keys', { context: { renewKey } })).value).toBeNull();
  expect(renewals).toBe(1);
  await expect(callScratch('saltutil.regen_keys')).rejects.toThrow('no minion here whose key could be renewed');
});

it('asks the master to revoke the key', async () => {
  const asked: string[] = [];
  const master = {
    request: async (verb: string) => {
      asked.push(verb);
      return new Map();
    },
  };
  expect((await callScratch('saltutil.revoke_auth', { context: { master } })).value).toBe(true);
  expect(asked).toEqual(['key.revoke']);
  await expect(callScratch('saltutil.revoke_auth')).rejects.toThrow('no master that could revoke the key');
  const keeping = callScratch('saltutil.revoke_auth', {
    keyword: { preserve_minion_cache: true },
    context: { master },
  });
  await expect(keeping).rejects.toThrow('is forgotten');
});
