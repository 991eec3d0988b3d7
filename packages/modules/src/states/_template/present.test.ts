import { describeState } from '@brine/testkit';
import { present } from './present.ts';

// One row for each thing the state can answer: a change (also of what is there already), nothing to do, a refusal.
// The three laws run for every row by themselves.
describeState(present, [
  {
    title: 'writes a note that is missing',
    before: { files: { '/etc': { directory: true } } },
    arguments: { name: 'contact', content: 'call us', mode: '0600' },
    pending: { comment: 'Note contact is set to be written', changes: { contact: { old: null, new: 'call us' } } },
    applied: { comment: 'Note contact was written' },
    after: { '/etc/notes.d/contact': { text: 'call us\n', mode: 0o600 } },
  },
  {
    title: 'changes a note and keeps its mode',
    before: { files: { '/etc/notes.d/contact': { text: 'old\n', mode: 0o640 } } },
    arguments: { name: 'contact', content: 'call us' },
    pending: { comment: 'Note contact is set to be written', changes: { contact: { old: 'old', new: 'call us' } } },
    applied: { comment: 'Note contact was written' },
    after: { '/etc/notes.d/contact': { text: 'call us\n', mode: 0o640 } },
  },
  {
    title: 'has nothing to do for a note that says so',
    before: { files: { '/etc/notes.d/contact': 'call us\n' } },
    arguments: { name: 'contact', content: 'call us' },
    ok: 'Note contact is already present',
  },
  {
    title: 'refuses a name that leads elsewhere',
    arguments: { name: '../passwd', content: 'x' },
    fails: 'The name ../passwd cannot be that of a note',
  },
]);
