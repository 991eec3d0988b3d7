import type { Applied, Changes, CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { readSambaAccounts } from './accounts.ts';
import { bringAbout } from './change-account.ts';
import { compareAccount, readFlags, refuseWish, toShownChanges, wantedHash, type AccountWish } from './plan-account.ts';

/** The check of `pdbedit.managed` and of `pdbedit.present`, its other name. */
export async function checkManaged(
  name: string,
  wish: AccountWish,
  { host, log }: StateContext,
): Promise<CheckOutcome<Host>> {
  const refusal = refuseWish(wish);
  if (refusal !== undefined) return fails(refusal);
  for (const letter of readFlags(wish.account_control ?? '').unknown)
    log.warn('account_control has a letter that cannot be set', { letter });
  const account = (await readSambaAccounts(host)).get(name);
  const hash = wantedHash(wish);
  if (account === undefined) return hash === undefined ? fails('absent') : create(name, wish);
  const shown = toShownChanges(account, compareAccount(account, wish), hash);
  if (Object.keys(shown).length === 0) return isOk('');
  const pending = { comment: `account ${name} is set to be changed`, changes: { [name]: shown } };
  return willChange(pending, (machine) => manage(machine, { name, wish, changes: pending.changes }));
}

function create(name: string, wish: AccountWish): CheckOutcome<Host> {
  const changes = { [name]: 'created' };
  return willChange({ comment: `account ${name} is set to be created`, changes }, (machine) =>
    manage(machine, { name, wish, changes }),
  );
}

function manage(
  machine: Host,
  work: { readonly name: string; readonly wish: AccountWish; readonly changes: Changes },
): Promise<Applied> {
  return attempt('', async () => {
    await bringAbout(machine, work.name, work.wish);
    return { comment: '', changes: work.changes };
  });
}
