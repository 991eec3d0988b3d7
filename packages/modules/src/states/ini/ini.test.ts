import { toValue } from '@brine/common';
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
      comment: 'Changed key top.\nDeleted key b in section s.\nUnchanged key a in section s.\n',
      changes: { top: toValue({ before: '1', after: '2' }), s: toValue({ b: { before: '2', after: null } }) },
    },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': 'top = 2\n\n[s]\na = 1\n\n[log]\nx = 1\n' },
  },
  {
    title: 'takes away options above all sections when it is strict',
    before,
    arguments: { name: '/a.ini', strict: true, sections: { log: { x: 1 }, new: {} } },
    pending: {
      comment: 'Removed key top.\nUnchanged key x in section log.\n',
      changes: { top: toValue({ before: '1', after: null }), new: toValue({ before: null, after: {} }) },
    },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': '[s]\na = 1\nb = 2\n\n[log]\nx = 1\n\n[new]\n' },
  },
]);
describeState(optionsAbsent, [
  {
    title: 'takes options away',
    before,
    arguments: { name: '/a.ini', sections: { s: ['a', 'none'] } },
    pending: {
      comment: 'Deleted key a in section s.\nKey none in section s does not exist.\n',
      changes: { s: toValue({ a: '1' }) },
    },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': 'top = 1\n\n[s]\nb = 2\n\n[log]\nx = 1\n' },
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
    pending: { comment: 'Deleted section s.\n', changes: { s: toValue({ a: '1', b: '2' }) } },
    applied: { comment: 'Changes take effect' },
    after: { '/a.ini': 'top = 1\n\n[log]\nx = 1\n' },
  },
]);
