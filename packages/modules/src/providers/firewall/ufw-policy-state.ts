import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import { defineState, isOk, lineText, oneOf, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { askUfw, changeUfw, ufwPolicy, type UfwTraffic } from './ufw.ts';
import { orFailure } from '../or-failure.ts';

/** What a policy does with packets. */
export const ufwPolicyArgument = oneOf('allow', 'deny', 'reject').describe(
  'What becomes of them: allow, deny or reject.',
);
/** The name of a state that means nothing. */
export const anyName = lineText().describe('Any name.');

interface Wish {
  readonly name: string;
  readonly traffic: UfwTraffic;
  readonly policy: string;
}

/** Compares a policy of ufw with the one that is wanted. */
export function checkUfwPolicy(
  { name, traffic, policy: wanted }: Wish,
  { host }: StateContext,
): Promise<CheckOutcome<Host>> {
  return orFailure(async () => {
    // Fails where there is no ufw.
    await askUfw(host, ['status']);
    if ((await ufwPolicy(host, traffic)) === wanted) return isOk(`${name} was already set to ${wanted}`);
    const words = ['default', wanted, traffic];
    const changes = { rule: words.join(' ') };
    return willChange({ comment: `${name}: ${changes.rule}`, changes }, (machine) =>
      attempt('', async () => {
        await changeUfw(machine, words);
        return { comment: `${name} set to ${wanted}`, changes };
      }),
    );
  });
}

/** The state that keeps the policy for packets of one direction. */
export function ufwPolicyState(traffic: 'incoming' | 'outgoing', summary: string) {
  return defineState({
    name: `ufw.default_${traffic}`,
    summary,
    args: z.object({ name: anyName, default: ufwPolicyArgument }),
    examples: [`${traffic}:\n  ufw.default_${traffic}:\n    - default: deny`],
    check: (args, context) => checkUfwPolicy({ name: args.name, traffic, policy: args.default }, context),
  });
}
