import { describeState } from '@brine/testkit';
import { checkPillar } from './check-pillar.ts';
import { configurableTestState } from './configurable-test-state.ts';
import { failWithChanges } from './fail-with-changes.ts';
import { failWithoutChanges } from './fail-without-changes.ts';
import { nop } from './nop.ts';
import { showNotification } from './show-notification.ts';
import { succeedWithChanges } from './succeed-with-changes.ts';
import { succeedWithoutChanges } from './succeed-without-changes.ts';

const changes = { testing: { old: 'Unchanged', new: 'Something pretended to change' } };

describeState(nop, [
  { title: 'succeeds whatever it is given', arguments: { name: 'x', anything: 'goes' }, ok: 'Success!' },
  {
    title: 'reports that a watch fired',
    watched: true,
    arguments: { name: 'x' },
    ok: 'Watch statement fired.',
    pretended: { 'Requisites with changes': [] },
  },
]);
describeState(succeedWithoutChanges, [
  { title: 'succeeds with the comment it is given', arguments: { name: 'x', comment: 'fine' }, ok: 'fine' },
]);
describeState(failWithoutChanges, [{ title: 'fails', arguments: { name: 'x' }, fails: 'Failure!' }]);
describeState(succeedWithChanges, [
  {
    title: 'pretends a change',
    arguments: { name: 'x' },
    pending: { comment: "If we weren't testing, this would be successful with changes", changes },
    applied: { comment: 'Success!' },
  },
]);
describeState(failWithChanges, [
  {
    title: 'pretends a change and fails',
    arguments: { name: 'x' },
    pending: { comment: "If we weren't testing, this would be failed with changes", changes },
    applied: { comment: 'Failure!', failed: true },
  },
]);
describeState(configurableTestState, [
  {
    title: 'fails without changes when told to',
    arguments: { name: 'x', changes: false, result: false, comment: 'broken' },
    fails: 'broken',
  },
  {
    title: 'changes when told to',
    arguments: { name: 'x', comment: 'all new' },
    pending: { comment: 'all new', changes },
    applied: { comment: 'all new' },
  },
]);
describeState(showNotification, [
  { title: 'shows its text', arguments: { name: 'x', text: 'Maintenance' }, ok: 'Maintenance' },
]);
describeState(checkPillar, [
  {
    title: 'names keys that are missing or of another type',
    surroundings: { pillar: { a: 1, b: 'text' } },
    arguments: { name: 'x', present: 'none', integer: ['a', 'b'] },
    fails: 'Pillar key "none" is missing.\nPillar key "b" is not <class \'int\'>.\n',
  },
  {
    title: 'lists the keys that are right when verbose',
    surroundings: { pillar: { a: [1] } },
    arguments: { name: 'x', listing: 'a', verbose: true },
    ok: "Those keys passed the check:\n- a (<class 'list'>)\n",
  },
]);
