import { pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dict,
  fails,
  number,
  optional,
  text,
  valueList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { findMissing } from '../../providers/modules/find-missing.ts';
import { jinjaCondition, repeatCall } from '../../providers/loops/repeat-call.ts';

/** `loop.until` */
export const until = defineState({
  name: 'loop.until',
  summary: 'Calls a function again and again until a condition on what it gives holds.',
  args: z.object({
    name: text().describe('The function.'),
    m_args: withDefault(valueList(), []).describe('Positional arguments.'),
    m_kwargs: optional(dict()).describe('Keyword arguments.'),
    condition: optional(text()).describe('An expression in the words of Jinja; m_ret is what the function gave.'),
    period: withDefault(number(), 1).describe('Seconds between two calls.'),
    timeout: withDefault(number(), 60).describe('Seconds after which it has failed.'),
  }),
  examples: [
    `service answers:
  loop.until:
    - name: test.echo
    - m_args: [ready]
    - condition: m_ret == 'ready'`,
  ],
  notIdempotent: 'calling the function is all it does',
  async check({ name, m_args: args, m_kwargs: kwargs, condition, period, timeout }, context) {
    if (condition === undefined) return fails('An exit condition must be specified');
    if ((await findMissing([name], context)).length > 0) return fails(`Cannot find module ${name}`);
    const call = { name, args, kwargs: kwargs ?? new Map<Value, Value>(), period, timeout };
    return willChange({ comment: `The execution module ${name} will be run`, changes: {} }, async () => {
      const last = await repeatCall(call, (given) => holds(given), context);
      if (last.fault !== undefined) return { comment: last.fault, changes: {}, failed: true };
      if (last.isMet) return { comment: `Condition ${condition} was met`, changes: {} };
      return { comment: `Timed out while waiting for condition ${condition}`, changes: {}, failed: true };
    });

    async function holds(given: Value): Promise<boolean> {
      const request = {
        text: `{% if ${jinjaCondition(condition ?? '')} %}yes{% endif %}`,
        file: 'condition',
        engine: 'jinja',
        context: new Map<Value, Value>([['m_ret', given]]),
        saltenv: context.step.saltenv,
      };
      return pythonStr(await context.render(request)).trim() === 'yes';
    }
  },
});
