import { describeState } from '@brine/testkit';
import { setenv } from './setenv.ts';

const before = { environment: { A: '1' } };

describeState(setenv, [
  {
    title: 'knows what is set',
    before,
    arguments: { name: 'A', value: '1' },
    ok: 'Environ values were already set with the correct values',
  },
  {
    title: 'removes a variable when false is to do that',
    before,
    arguments: { name: 'A', value: false, false_unsets: true },
    pending: { comment: 'Environ values will be changed', changes: { A: null } },
    applied: { comment: 'Environ values were set' },
  },
  {
    title: 'removes all other variables when told to',
    before: { environment: { A: '1', B: '2' } },
    arguments: { name: 'A', value: '3', clear_all: true },
    pending: { comment: 'Environ values will be changed', changes: { A: '3', B: null } },
    applied: { comment: 'Environ values were set' },
  },
  {
    title: 'refuses numbers, as Salt does',
    arguments: { name: 'A', value: 1 },
    fails: 'Environ value must be string, dict or False',
  },
]);
