import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const newaliases: FakeProgram = async (_, machine) => {
  await machine.files.writeCopy('/etc/aliases.db', '/etc/aliases');
  return '';
};
const before = { files: { '/etc/aliases': '# mail\npostmaster: root\nroot: old\n' }, programs: { newaliases } };

describeState(present, [
  {
    title: 'changes an alias where it stands, and the database made of it',
    before,
    arguments: { name: 'root', target: ['a@example.org', 'b@example.org'] },
    pending: { comment: 'Alias root -> a@example.org, b@example.org is set to be added', changes: { alias: 'root' } },
    applied: { comment: 'Set email alias root -> a@example.org, b@example.org' },
    after: {
      '/etc/aliases': '# mail\npostmaster: root\nroot: a@example.org, b@example.org\n',
      '/etc/aliases.db': '# mail\npostmaster: root\nroot: a@example.org, b@example.org\n',
    },
  },
  {
    title: 'knows an alias',
    before,
    arguments: { name: 'postmaster', target: 'root' },
    ok: 'Alias postmaster already present',
  },
]);
describeState(absent, [
  {
    title: 'takes an alias away',
    before,
    arguments: { name: 'root' },
    pending: { comment: 'Alias root is set to be removed', changes: { alias: 'root' } },
    applied: { comment: 'Removed alias root' },
    after: { '/etc/aliases': '# mail\npostmaster: root\n' },
  },
  { title: 'has nothing to do without the alias', before, arguments: { name: 'x' }, ok: 'Alias x already absent' },
]);
