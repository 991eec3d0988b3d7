import { describeState } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const exports = '# shares\n/srv/old 10.0.0.1(ro,sync) \\\n  10.0.0.2\n"/srv/a b" *(ro)\n';
const before = { files: { '/etc/exports': exports }, programs: { exportfs: () => '' } };

describeState(present, [
  {
    title: 'adds a directory',
    before,
    arguments: { name: '/srv/new', hosts: '10.0.2.0/24', options: ['rw'] },
    pending: {
      comment: 'Export /srv/new would be added',
      changes: { new: [{ hosts: '10.0.2.0/24', options: ['rw'] }], old: null },
    },
    applied: { comment: '' },
    after: {
      '/etc/exports': '# shares\n/srv/old 10.0.0.1(ro,sync)    10.0.0.2\n"/srv/a b" *(ro)\n/srv/new 10.0.2.0/24(rw)\n',
    },
  },
  {
    title: 'changes who gets one',
    before,
    arguments: { name: '/srv/old', clients: [{ hosts: '10.0.0.9', options: 'rw,sync' }] },
    pending: {
      comment: 'Export /srv/old would be changed',
      changes: {
        new: [{ hosts: '10.0.0.9', options: ['rw', 'sync'] }],
        old: [
          { hosts: '10.0.0.1', options: ['ro', 'sync'] },
          { hosts: '10.0.0.2', options: [] },
        ],
      },
    },
    applied: { comment: '' },
  },
  {
    title: 'leaves one with a blank in its name',
    before,
    arguments: { name: '/srv/a b', hosts: '*', options: 'ro' },
    ok: 'Export /srv/a b already configured',
  },
  {
    title: 'says what the server complains about',
    before: { ...before, programs: { exportfs: () => ({ exitCode: 1, stderr: 'exportfs: no such host\n' }) } },
    arguments: { name: '/srv/new', hosts: 'nowhere' },
    pending: {
      comment: 'Export /srv/new would be added',
      changes: { new: [{ hosts: 'nowhere', options: [] }], old: null },
    },
    applied: { comment: 'exportfs: no such host', failed: true },
  },
  {
    title: 'wants somebody to give it to',
    before,
    arguments: { name: '/srv/new' },
    fails: "Either 'clients' or 'hosts' must be defined",
  },
]);

describeState(absent, [
  {
    title: 'removes a directory',
    before,
    arguments: { name: '/srv/a b' },
    pending: {
      comment: 'Export /srv/a b would be removed',
      changes: { '/srv/a b': [{ hosts: '*', options: ['ro'] }] },
    },
    applied: { comment: 'Export /srv/a b removed' },
  },
  { title: 'has nothing to do without it', before, arguments: { name: '/x' }, ok: 'Export /x already absent' },
]);
