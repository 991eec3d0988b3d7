import { describeState, type FakeProgram } from '@brine/testkit';
import { installed } from './installed.ts';
import { removed } from './removed.ts';

const gem: FakeProgram = ([verb, ...args], machine) => {
  const gems = new Map(Object.entries(machine.facts.get('gems') as Record<string, string>));
  if (verb === 'list')
    return `\n*** LOCAL GEMS ***\n\n${[...gems].map(([name, version]) => `${name} (${version})\n`).join('')}`;
  const name = args.at(-1) ?? '';
  if (verb === 'install')
    gems.set(name, args.includes('--version') ? (args[args.indexOf('--version') + 1] ?? '') : '2.0');
  else gems.delete(name);
  machine.facts.set('gems', Object.fromEntries(gems));
  return '';
};
const before = { programs: { gem }, facts: { gems: { rake: '13.0, default: 12.3' } } };

describeState(installed, [
  {
    title: 'installs a version',
    before,
    arguments: { name: 'bundler', version: '2.4' },
    pending: { comment: 'The gem bundler would have been installed', changes: { bundler: 'Installed' } },
    applied: { comment: 'Gem was successfully installed' },
  },
  {
    title: 'knows any installed version',
    before,
    arguments: { name: 'rake', version: '12.3' },
    ok: 'Gem is already installed.',
  },
  {
    title: 'compares versions',
    before,
    arguments: { name: 'rake', version: '>= 12' },
    ok: 'Installed Gem meets version requirements.',
  },
]);
describeState(removed, [
  {
    title: 'removes a gem',
    before,
    arguments: { name: 'rake' },
    pending: { comment: 'The gem rake would have been removed', changes: { rake: 'Removed' } },
    applied: { comment: 'Gem was successfully removed.' },
  },
  { title: 'has nothing to do without the gem', before, arguments: { name: 'x' }, ok: 'Gem is not installed.' },
]);
