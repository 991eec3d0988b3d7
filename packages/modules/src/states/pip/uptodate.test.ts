import { describeState, type FakeProgram } from '@brine/testkit';
import { uptodate } from './uptodate.ts';

const pip: FakeProgram = ([verb, ...args], machine) => {
  const outdated = machine.facts.get('outdated') as { name: string }[];
  if (verb === 'list') return JSON.stringify(outdated);
  machine.facts.set(
    'outdated',
    outdated.filter(({ name }) => !args.includes(name)),
  );
  return '';
};
const before = {
  programs: { pip3: pip },
  facts: { outdated: [{ name: 'requests', version: '2.0', latest_version: '2.31' }] },
};

describeState(uptodate, [
  {
    title: 'brings packages to their newest version',
    before,
    arguments: { name: 'packages' },
    pending: { comment: 'System update will be performed', changes: { requests: { old: '2.0', new: '2.31' } } },
    applied: { comment: 'Upgrade successful.' },
  },
  {
    title: 'has nothing to do when all are',
    before: { ...before, facts: { outdated: [] } },
    arguments: { name: 'packages' },
    ok: 'System is already up-to-date.',
  },
]);
