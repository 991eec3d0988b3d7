import { toValue } from '@brine/common';
import { describeState } from '@brine/testkit';
import { expect, it } from 'vitest';
import { jinjaCondition } from '../../providers/loops/repeat-call.ts';
import { untilNoEval } from './until-no-eval.ts';
import { until } from './until.ts';

const functions = {
  'app.workers': (_: unknown, __: unknown, host: { facts: Map<string, unknown> }) => {
    const count = Number(host.facts.get('calls') ?? 0) + 1;
    host.facts.set('calls', count);
    return count;
  },
  'app.names': () => ['web', 'db'],
  'app.judge': ([given, expected]: readonly unknown[]) => given === expected,
};
const surroundings = {
  functions,
  render: ({ context }: { readonly context: ReadonlyMap<unknown, unknown> }) =>
    context.get('m_ret') === 2 ? 'yes' : '',
};

describeState(until, [
  {
    title: 'calls until the condition holds',
    surroundings,
    arguments: { name: 'app.workers', condition: 'm_ret == 2', period: 0, timeout: 30 },
    pending: { comment: 'The execution module app.workers will be run', changes: {} },
    applied: { comment: 'Condition m_ret == 2 was met' },
  },
  {
    title: 'gives up in time',
    surroundings,
    arguments: { name: 'app.names', condition: 'm_ret == 2', timeout: 0 },
    pending: { comment: 'The execution module app.names will be run', changes: {} },
    applied: { comment: 'Timed out while waiting for condition m_ret == 2', failed: true },
  },
  {
    title: 'needs a condition',
    arguments: { name: 'app.names' },
    fails: 'An exit condition must be specified',
  },
]);

function waits(
  title: string,
  given: { readonly name: string; readonly expected: string | number; readonly by: string },
) {
  return {
    title,
    surroundings,
    arguments: { name: given.name, expected: given.expected, compare_operator: given.by, period: 0, timeout: 30 },
    pending: { comment: `Would have waited for "${given.name}" to produce "${given.expected}".`, changes: {} },
  };
}

describeState(untilNoEval, [
  {
    ...waits('waits for a number that is large enough', { name: 'app.workers', expected: 3, by: 'ge' }),
    applied: { comment: 'Call provided the expected results in 3 attempts' },
  },
  {
    ...waits('waits for a member', { name: 'app.names', expected: 'db', by: 'contains' }),
    applied: { comment: 'Call provided the expected results in 1 attempts' },
  },
  {
    ...waits('asks a function that judges', { name: 'app.workers', expected: 2, by: 'app.judge' }),
    applied: { comment: 'Call provided the expected results in 2 attempts' },
  },
  {
    title: 'refuses an operator that there is not',
    arguments: { name: 'app.names', expected: 1, compare_operator: 'constructor' },
    fails: 'Invalid operator "constructor" supplied.',
  },
]);

it("has Jinja judge Python's words", () => {
  expect(toValue(['m_ret is not None', 'len(m_ret) > 1 and m_ret is True'].map(jinjaCondition))).toEqual([
    'm_ret is not none',
    '((m_ret)|length) > 1 and m_ret is true',
  ]);
});
