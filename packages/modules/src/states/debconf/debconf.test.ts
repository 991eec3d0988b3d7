import { describeState, type FakeProgram } from '@brine/testkit';
import { setFile } from './set-file.ts';
import { set } from './set.ts';

const programs: Readonly<Record<string, FakeProgram>> = {
  'debconf-get-selections': (_, machine) => String(machine.facts.get('answers')),
  'debconf-set-selections': (_, machine, { input }) => {
    machine.facts.set('answers', String(machine.facts.get('answers')) + String(input).replaceAll(' ', '\t'));
    return '';
  },
};
const before = { programs, facts: { answers: '# Mail\npostfix\tpostfix/kind\tselect\tLocal\n' } };

describeState(set, [
  {
    title: 'sets what differs, and hides passwords',
    before,
    arguments: {
      name: 'postfix',
      data: {
        'postfix/kind': { type: 'select', value: 'Local' },
        'postfix/chroot': { type: 'boolean', value: true },
        'postfix/password': { type: 'password', value: 'secret' },
      },
    },
    pending: {
      comment: 'Unchanged answers: postfix/kind ',
      changes: { 'postfix/chroot': 'true', 'postfix/password': '(password hidden)' },
    },
    applied: { comment: 'Unchanged answers: postfix/kind ' },
  },
  {
    title: 'knows answers that are set',
    before,
    arguments: { name: 'postfix', data: { 'postfix/kind': { type: 'select', value: 'Local' } } },
    ok: 'All specified answers are already set',
  },
  {
    title: 'needs debconf-utils',
    arguments: { name: 'postfix', data: {} },
    fails: 'debconf-get-selections is missing: install debconf-utils',
  },
  {
    title: 'refuses an answer that would be two',
    before,
    arguments: { name: 'postfix', data: { 'postfix/kind': { type: 'string', value: 'a\nb b/c string d' } } },
    fails: 'The answer to postfix/kind must be on one line',
  },
]);
describeState(setFile, [
  {
    title: 'sets the answers of a file',
    before,
    surroundings: { served: { answers: 'dash dash/sh boolean {{ wanted }}\n' } },
    arguments: { name: 'x', source: 'salt://answers', template: 'jinja', context: { wanted: 'false' } },
    pending: { comment: 'Debconf selections would have been set.', changes: { selections: 'set' } },
    applied: { comment: 'Debconf selections were set.' },
  },
]);
