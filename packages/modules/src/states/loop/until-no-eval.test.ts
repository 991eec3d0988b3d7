import { AppError } from '@brine/common';
import { describeState } from '@brine/testkit';
import { untilNoEval } from './until-no-eval.ts';

const count = (host: { facts: Map<string, unknown> }): number => {
  const calls = Number(host.facts.get('calls') ?? 0) + 1;
  host.facts.set('calls', calls);
  return calls;
};
const pending = { comment: 'Would have waited for "app.state" to produce "up".', changes: {} };

describeState(untilNoEval, [
  {
    title: 'calls until the answer is as expected',
    surroundings: { functions: { 'app.state': (_, __, host) => (count(host) > 2 ? 'up' : 'down') } },
    arguments: { name: 'app.state', expected: 'up', period: 0, timeout: 30 },
    pending,
    applied: { comment: 'Call provided the expected results in 3 attempts' },
  },
  {
    title: 'gives up in time',
    surroundings: { functions: { 'app.state': () => 'down' } },
    arguments: { name: 'app.state', expected: 'up', period: 1, timeout: 0 },
    pending,
    applied: { comment: 'Call did not produce the expected result after 1 attempts', failed: true },
  },
  {
    title: 'fails at once when the function does',
    surroundings: {
      functions: {
        'app.state': () => {
          throw new AppError({ code: 'state-failed', message: 'it is gone' });
        },
      },
    },
    arguments: { name: 'app.state', expected: 'up', period: 1000, timeout: 3000 },
    pending,
    applied: { comment: 'Exception occurred while executing app.state: it is gone', failed: true },
  },
  {
    title: 'does not wait for a function that there is not',
    surroundings: { functions: { 'sys.list_functions': () => ['test.ping'] } },
    arguments: { name: 'app.state', expected: 'up' },
    fails: 'Module.function "app.state" is unavailable.',
  },
]);
