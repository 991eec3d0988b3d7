import { equalValues, isAppError, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dict,
  nullableValue,
  number,
  optional,
  text,
  unsupported,
  valueList,
  willChange,
  withDefault,
  type StateContext,
} from '../../kit/index.ts';
import { delay } from '../../providers/services/service-state.ts';

interface Loop {
  readonly name: string;
  readonly expected: Value;
  readonly period: number;
  readonly timeout: number;
  readonly args: readonly Value[];
  readonly kwargs: Map<Value, Value>;
}

/** `loop.until_no_eval` */
export const untilNoEval = defineState({
  name: 'loop.until_no_eval',
  summary: 'Calls a function again and again until it gives what is expected.',
  args: z.object({
    name: text().describe('The function.'),
    expected: nullableValue().describe('What it has to give.'),
    compare_operator: unsupported('other comparisons than equality'),
    timeout: withDefault(number(), 60).describe('Seconds after which it has failed.'),
    period: withDefault(number(), 1).describe('Seconds between two calls.'),
    init_wait: withDefault(number(), 0).describe('Seconds before the first call.'),
    args: withDefault(valueList(), []).describe('Positional arguments.'),
    kwargs: optional(dict()).describe('Keyword arguments.'),
  }),
  examples: [
    `service answers:
  loop.until_no_eval:
    - name: test.true
    - expected: true`,
  ],
  notIdempotent: 'calling the function is all it does',
  async check(args, context) {
    const loop = { ...args, kwargs: args.kwargs ?? new Map<Value, Value>() };
    const pending = {
      comment: `Would have waited for "${args.name}" to produce "${pythonStr(args.expected)}".`,
      changes: {},
    };
    return willChange(pending, async () => {
      await delay(args.init_wait, context.signal);
      const last = await repeat(loop, context);
      if (last.isMet) return { comment: `Call provided the expected results in ${last.calls} attempts`, changes: {} };
      const comment = `Call did not produce the expected result after ${last.calls} attempts`;
      return { comment, changes: {}, failed: true };
    });
  },
});

async function repeat(loop: Loop, context: StateContext): Promise<{ readonly isMet: boolean; readonly calls: number }> {
  const deadline = performance.now() + loop.timeout * 1000;
  for (let calls = 1; ; calls += 1) {
    if (await callOnce(loop, context)) return { isMet: true, calls };
    if (performance.now() + loop.period * 1000 > deadline || context.signal.aborted) return { isMet: false, calls };
    await delay(loop.period, context.signal);
  }
}

async function callOnce({ name, expected, args, kwargs }: Loop, context: StateContext): Promise<boolean> {
  try {
    return equalValues(await context.call(name, args, kwargs), expected);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return false;
  }
}
