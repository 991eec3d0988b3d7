import type { Plain, Value } from '@brine/common';
import { commaList, dict, integer, optional, text, valueList, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';
import { runOnMinions } from './run-on-minions.ts';
import { targetOf, targetTypeArgument } from './target-arguments.ts';

/** `salt.execute` */
export const execute = defineRunner({
  name: 'salt.execute',
  summary: 'Runs a function on minions and waits for their answers.',
  args: z.object({
    tgt: text().describe('Which minions.'),
    fun: text().describe('The function.'),
    arg: optional(valueList()).describe('Its positional arguments.'),
    timeout: optional(integer()).describe('Seconds in which a minion must have taken the job.'),
    ...targetTypeArgument,
    ret: withDefault(commaList(), []).describe('Returners that get the returns too.'),
    jid: withDefault(text(), '').describe('The id the job is to have, 20 digits, instead of the next one.'),
    kwarg: withDefault(dict(), new Map<Value, Value>()).describe('Its arguments by name.'),
  }),
  examples: [
    "salt.execute '*' test.ping",
    "salt.execute 'web*' cmd.run '[uptime]' timeout=10",
    "salt.execute '*' test.arg kwarg='{a: 1}' ret=local",
  ],
  async run({ tgt, tgt_type: type, fun, arg = [], kwarg, timeout, ret, jid }, context) {
    const target = targetOf({ tgt, tgt_type: type });
    const wishes = {
      ...(timeout === undefined ? {} : { timeout }),
      ...(ret.length === 0 ? {} : { returners: ret }),
      ...(jid === '' ? {} : { jid }),
    };
    const answers = await runOnMinions({ target, fun, positional: arg, keyword: kwarg, ...wishes }, context);
    return new Map<Value, Plain>([...answers].map(([minion, { value }]) => [minion, value]));
  },
});
