import { toValue } from '@brine/common';
import { describeState } from '@brine/testkit';
import { run } from './run.ts';
import { wait } from './wait.ts';

describeState(run, [
  {
    title: 'fails when a function gives false',
    surroundings: { functions: { 'test.false': () => false } },
    arguments: { name: 'x', 'test.false': [] },
    pending: { comment: 'Function test.false to be executed.', changes: {}, extra: { name: ['test.false'] } },
    applied: { comment: "'test.false': False", changes: {}, failed: true },
  },
  {
    title: 'knows which functions there are',
    surroundings: { functions: { 'sys.list_functions': () => ['test.ping'] } },
    arguments: { name: 'x', 'test.pong': [] },
    fails: 'Unavailable function: test.pong.',
  },
  {
    title: 'foretells the functions beside one that there is not',
    surroundings: { functions: { 'sys.list_functions': () => ['test.ping'] } },
    arguments: { name: 'x', 'test.pong': [], 'test.ping': [] },
    fails: 'Unavailable function: test.pong.',
    foretold: 'Unavailable function: test.pong. Function test.ping to be executed.',
  },
]);
describeState(run, [
  {
    title: 'leaves out what the function has no argument for, in the old form',
    surroundings: {
      functions: {
        'sys.argspec': () => toValue({ 'demo.echo': { args: ['text'], defaults: null, varargs: null, kwargs: null } }),
        'demo.echo': (_args, keyword) => [...keyword.keys()].map(String).join(),
      },
    },
    arguments: { name: 'demo.echo', text: 'hi', refresh: true },
    pending: {
      comment: 'Module function demo.echo is set to execute',
      changes: {},
      extra: { warnings: ['demo.echo has no such argument, so that it was left out: refresh'] },
    },
    applied: { comment: 'Module function demo.echo executed', changes: { ret: 'text' } },
  },
]);
describeState(wait, [
  { title: 'waits', arguments: { name: 'test.ping' }, ok: '' },
  {
    title: 'calls its function when a watch fires',
    watched: true,
    surroundings: { functions: { 'test.ping': () => true } },
    arguments: { name: 'test.ping' },
    pending: { comment: 'Module function test.ping is set to execute', changes: {} },
    applied: { comment: 'Module function test.ping executed', changes: { ret: true } },
  },
]);
