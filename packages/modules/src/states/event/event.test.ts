import { describeState } from '@brine/testkit';
import { context as stateconfContext } from '../stateconf/context.ts';
import { set } from '../stateconf/set.ts';
import { fireMaster } from './fire-master.ts';
import { send } from './send.ts';
import { wait } from './wait.ts';

const sent: unknown[] = [];
const surroundings = {
  grains: { os: 'Debian', id: 'web1' },
  functions: { 'event.send': (positional: readonly unknown[]) => sent.push(positional) > 0 },
};

describeState(send, [
  {
    title: 'sends data, chosen grains and further members',
    surroundings,
    arguments: { name: 'my/tag', data: { version: 2 }, with_grains: ['os'], more: 'x' },
    pending: { comment: 'Event would have been fired', changes: { tag: 'my/tag', data: new Map([['version', 2]]) } },
    applied: { comment: 'Event fired' },
    verify: () => {
      if (sent.length !== 1) throw new Error(`it sent ${sent.length} events`);
    },
  },
  {
    title: 'says that there is no master',
    surroundings: { functions: { 'event.send': () => false } },
    arguments: { name: 'my/tag', show_changed: false },
    pending: { comment: 'Event would have been fired', changes: {} },
    applied: { comment: 'The event was not sent: there is no master', changes: {}, failed: true },
  },
]);

describeState(fireMaster, [
  {
    title: 'does the same',
    surroundings,
    arguments: { name: 'my/tag' },
    pending: { comment: 'Event would have been fired', changes: { tag: 'my/tag', data: null } },
    applied: { comment: 'Event fired' },
  },
]);

describeState(wait, [
  { title: 'waits', arguments: { name: 'my/tag' }, ok: '' },
  {
    title: 'sends when something changed',
    surroundings,
    watched: true,
    arguments: { name: 'my/tag', show_changed: false },
    pending: { comment: 'Event would have been fired', changes: {} },
    applied: { comment: 'Event fired' },
  },
]);

describeState(set, [{ title: 'does nothing', arguments: { name: 'x', anything: [1] }, ok: '' }]);
describeState(stateconfContext, [{ title: 'does nothing', arguments: { name: 'x' }, ok: '' }]);
