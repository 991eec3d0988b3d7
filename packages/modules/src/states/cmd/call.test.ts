import { describeState } from '@brine/testkit';
import { call } from './call.ts';
import { waitCall } from './wait-call.ts';

describeState(call, [
  {
    title: 'says what to use instead',
    arguments: { name: 'x', func: 'f', args: [1] },
    fails:
      'cmd.call calls a function of Python, and there is no Python here. Call an execution function with module.run, or a program with cmd.run.',
  },
]);

describeState(waitCall, [
  {
    title: 'says what to use instead',
    arguments: { name: 'x', func: 'f' },
    fails:
      'cmd.wait_call calls a function of Python, and there is no Python here. Call an execution function with module.run, or a program with cmd.run and onchanges.',
  },
]);
