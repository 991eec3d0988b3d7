import { describeState, type FakeProgram } from '@brine/testkit';
import { managed } from './managed.ts';

// As e2fsprogs 1.47 prints them; what a file has is a fact of the machine.
const flagsOf = (facts: ReadonlyMap<string, unknown>): string => facts.get('flags') as string;
const lsattr: FakeProgram = (args, { facts }) => `${flagsOf(facts).padStart(10, '-')}---- ${args.at(-1) ?? ''}\n`;
const chattr: FakeProgram = ([change = ''], { facts }) => {
  const letters = change.slice(1);
  const kept = flagsOf(facts)
    .split('')
    .filter((letter) => !letters.includes(letter))
    .join('');
  facts.set('flags', change.startsWith('+') ? `${kept}${letters}` : kept);
  return '';
};
const programs = { lsattr, chattr };
const note = 'Note: No changes made, actual changes may\nbe different due to other states.';

describeState(managed, [
  {
    title: 'sets and takes attributes of chattr',
    before: { files: { '/etc/a': 'x\n' }, programs, facts: { flags: 'ae' } },
    arguments: { name: '/etc/a', contents: 'x', attrs: 'i' },
    pending: {
      comment: `The file /etc/a is set to be changed\n${note}`,
      changes: { attrs: { old: 'ae', new: 'i' } },
    },
    applied: { comment: '' },
  },
  {
    title: 'knows a file that has them, extents aside',
    before: { files: { '/etc/a': 'x\n' }, programs, facts: { flags: 'ie' } },
    arguments: { name: '/etc/a', contents: 'x', attrs: 'i' },
    ok: 'File /etc/a is in the correct state',
  },
  {
    title: 'writes a file that must not be changed',
    before: { files: { '/etc/a': 'x\n' }, programs, facts: { flags: 'i' } },
    arguments: { name: '/etc/a', contents: 'y', attrs: 'i' },
    pending: {
      comment: `The file /etc/a is set to be changed\n${note}`,
      changes: { diff: '--- \n+++ \n@@ -1 +1 @@\n-x\n+y\n' },
    },
    applied: { comment: 'File /etc/a updated' },
    after: { '/etc/a': 'y\n' },
  },
  {
    title: 'says nothing of attributes where there are none',
    before: { files: { '/etc/a': 'x\n' } },
    arguments: { name: '/etc/a', contents: 'x', attrs: 'i' },
    ok: 'File /etc/a is in the correct state',
  },
  {
    title: 'does not claim attributes for a new file where there are none',
    before: { files: { '/etc': { directory: true } } },
    arguments: { name: '/etc/a', contents: 'x', attrs: 'i' },
    pending: { comment: `The file /etc/a is set to be changed\n${note}`, changes: { newfile: '/etc/a' } },
    applied: { comment: 'File /etc/a updated', changes: { diff: 'New file' } },
  },
  {
    title: 'refuses letters that chattr does not have',
    arguments: { name: '/etc/a', contents: 'x', attrs: '-i' },
    fails: "attrs has a letter that is none of chattr's: -i",
  },
]);
