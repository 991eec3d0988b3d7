import { describeState, type FakeProgram } from '@brine/testkit';
import { installed } from './installed.ts';
import { removed } from './removed.ts';

const pecl: FakeProgram = (words, machine) => {
  const rows = machine.facts.get('rows') as readonly string[];
  const name = (words.at(-1) ?? '').replace(/-.*/, '');
  if (words[0] === 'list') return ['Installed packages:', '=====', 'Package Version State', ...rows, ''].join('\n');
  if (name === 'nope') return { exitCode: 1, stdout: 'No releases available for package "nope"\n' };
  const others = rows.filter((row) => !row.startsWith(`${name} `));
  machine.facts.set('rows', words[0] === 'uninstall' ? others : [...others, `${name} 2.0 stable`]);
  return 'ok\n';
};
const before = { programs: { pecl }, facts: { rows: ['apcu    5.1.22  stable'] } };

describeState(installed, [
  {
    title: 'installs an extension',
    before,
    arguments: { name: 'redis', version: '2.0' },
    pending: { comment: 'Pecl extension redis-2.0 would have been installed', changes: { 'redis-2.0': 'Installed' } },
    applied: { comment: 'Pecl extension redis-2.0 was successfully installed' },
  },
  { title: 'leaves one', before, arguments: { name: 'apcu' }, ok: 'Pecl extension apcu is already installed.' },
  {
    title: 'says why it cannot',
    before,
    arguments: { name: 'nope' },
    pending: { comment: 'Pecl extension nope would have been installed', changes: { nope: 'Installed' } },
    applied: {
      comment:
        'Could not install pecl extension nope.: pecl ended with status 1: No releases available for package "nope"',
      changes: {},
      failed: true,
    },
  },
]);

describeState(removed, [
  {
    title: 'removes an extension',
    before,
    arguments: { name: 'apcu' },
    pending: { comment: 'Pecl extension apcu would have been removed', changes: { apcu: 'Removed' } },
    applied: { comment: 'Pecl extension apcu was successfully removed.' },
  },
]);
