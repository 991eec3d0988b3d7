import { describeState, type FakeProgram } from '@brine/testkit';
import { sourcesAdd } from './sources-add.ts';
import { sourcesRemove } from './sources-remove.ts';

const gem: FakeProgram = ([, option, url = ''], machine) => {
  const sources = machine.facts.get('sources') as string[];
  if (option === '--list') return ['*** CURRENT SOURCES ***', '', ...sources, ''].join('\n');
  const others = sources.filter((one) => one !== url);
  machine.facts.set('sources', option === '--add' ? [...others, url] : others);
  return '';
};
const before = { programs: { gem }, facts: { sources: ['https://rubygems.org/'] } };

describeState(sourcesAdd, [
  {
    title: 'adds a source',
    before,
    arguments: { name: 'https://gems.example.org/' },
    pending: {
      comment: 'The gem source https://gems.example.org/ would have been added.',
      changes: { 'https://gems.example.org/': 'Installed' },
    },
    applied: { comment: 'Gem source was successfully added.' },
  },
  {
    title: 'knows a source',
    before,
    arguments: { name: 'https://rubygems.org/' },
    ok: 'Gem source is already added.',
  },
]);
describeState(sourcesRemove, [
  {
    title: 'removes a source',
    before,
    arguments: { name: 'https://rubygems.org/' },
    pending: {
      comment: 'The gem source would have been removed.',
      changes: { 'https://rubygems.org/': 'Removed' },
    },
    applied: { comment: 'Gem source was successfully removed.' },
  },
  {
    title: 'has nothing to do without the source',
    before,
    arguments: { name: 'https://gems.example.org/' },
    ok: 'Gem source is already removed.',
  },
]);
