import { equalValues, isDict, isFloat, isInteger, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { isTruthy } from '../../kit/truth.ts';
import {
  defineState,
  dict,
  fails,
  lineText,
  nullableValue,
  number,
  optional,
  text,
  valueList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { repeatCall } from '../../providers/loops/repeat-call.ts';
import { findMissing } from '../../providers/modules/find-missing.ts';
import { delay } from '../../providers/services/service-state.ts';

type Comparison = (given: Value, expected: Value) => boolean;

// Those of Python's operator module that tell whether something holds.
const comparisons: Readonly<Record<string, Comparison>> = {
  eq: equalValues,
  ne: (given, expected) => !equalValues(given, expected),
  lt: (given, expected) => order(given, expected) < 0,
  le: (given, expected) => order(given, expected) <= 0,
  gt: (given, expected) => order(given, expected) > 0,
  ge: (given, expected) => order(given, expected) >= 0,
  contains: (given, expected) => {
    if (typeof given === 'string') return given.includes(pythonStr(expected));
    if (isDict(given)) return [...given.keys()].some((key) => equalValues(key, expected));
    return Array.isArray(given) && given.some((item) => equalValues(item, expected));
  },
  is_: equalValues,
  is_not: (given, expected) => !equalValues(given, expected),
  truth: isTruthy,
  not_: (given) => !isTruthy(given),
};

// Values that Python does not compare have no order, so that nothing holds.
function order(given: Value, expected: Value): number {
  const isNumber = (value: Value): boolean => isInteger(value) || isFloat(value);
  if (isNumber(given) && isNumber(expected)) return Number(given) - Number(expected);
  if (typeof given !== 'string' || typeof expected !== 'string') return Number.NaN;
  return given < expected ? -1 : given > expected ? 1 : 0;
}

/** `loop.until_no_eval` */
export const untilNoEval = defineState({
  name: 'loop.until_no_eval',
  summary: 'Calls a function again and again until it gives what is expected.',
  args: z.object({
    name: text().describe('The function.'),
    expected: nullableValue().describe('What it has to give.'),
    compare_operator: withDefault(lineText(), 'eq').describe(
      `How it is compared: ${Object.keys(comparisons).join(', ')}, or a function that is given both.`,
    ),
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
    const { name, expected, compare_operator: operator, period, timeout } = args;
    const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    if (compare === undefined && !operator.includes('.')) return fails(`Invalid operator "${operator}" supplied.`);
    if ((await findMissing([name], context)).length > 0) return fails(`Module.function "${name}" is unavailable.`);
    const call = { name, args: args.args, kwargs: args.kwargs ?? new Map<Value, Value>(), period, timeout };
    const isMet = async (given: Value): Promise<boolean> =>
      compare === undefined ? isTruthy(await context.call(operator, [given, expected])) : compare(given, expected);
    const comment = `Would have waited for "${name}" to produce "${pythonStr(expected)}".`;
    return willChange({ comment, changes: {} }, async () => {
      await delay(args.init_wait, context.signal);
      const last = await repeatCall(call, isMet, context);
      if (last.fault !== undefined) return { comment: last.fault, changes: {}, failed: true };
      if (last.isMet) return { comment: `Call provided the expected results in ${last.calls} attempts`, changes: {} };
      const lost = `Call did not produce the expected result after ${last.calls} attempts`;
      return { comment: lost, changes: {}, failed: true };
    });
  },
});
