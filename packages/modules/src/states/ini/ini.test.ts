import { describeState } from '@brine/testkit';
import { optionsAbsent } from './options-absent.ts';
import { optionsPresent } from './options-present.ts';
import { sectionsAbsent } from './sections-absent.ts';

const before = { files: { '/a.ini': 'top = 1\n[s]\na = 1\nb = 2\n\n[log]\nx = 1\n' } };

describeState(optionsPresent, [
  {
    title: 'removes what is not named when it is strict',
    before,
    arguments: { name: '/a.ini', strict: true, sections: { s: { a: 1 }, top: 2 } },
    pending: {
      comment: 'Removed key b in section s.\nChanged key top.',
      changes: { s: { b: { before: '2', after: null } }, top: { before: '1', after: '2' } },
    },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': 'top = 2\n[s]\na = 1\n\n[log]\nx = 1\n' },
  },
]);
describeState(optionsAbsent, [
  {
    title: 'takes options away',
    before,
    arguments: { name: '/a.ini', sections: { s: ['a', 'none'] } },
    pending: { comment: 'Deleted key a in section s.', changes: { s: { a: '1' } } },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': 'top = 1\n[s]\nb = 2\n\n[log]\nx = 1\n' },
  },
  {
    title: 'has nothing to do without them',
    before,
    arguments: { name: '/a.ini', sections: { s: ['none'] } },
    ok: 'No anomaly detected',
  },
]);
describeState(sectionsAbsent, [
  {
    title: 'takes sections away',
    before,
    arguments: { name: '/a.ini', sections: ['s'] },
    pending: { comment: 'Deleted section s.', changes: { s: { a: '1', b: '2' } } },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': 'top = 1\n[log]\nx = 1\n' },
  },
]);
