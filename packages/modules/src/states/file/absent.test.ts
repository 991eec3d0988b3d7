import { describeState } from '@brine/testkit';
import { absent } from './absent.ts';

describeState(absent, [
  {
    title: 'removes a file',
    before: { files: { '/etc/old': 'x' } },
    arguments: { name: '/etc/old' },
    pending: { comment: 'File /etc/old is set for removal', changes: { removed: '/etc/old' } },
    applied: { comment: 'Removed file /etc/old' },
    after: { '/etc/old': undefined },
  },
  {
    title: 'removes a directory with all it holds',
    before: { files: { '/srv/tree/sub/file': 'x' } },
    arguments: { name: '/srv/tree' },
    pending: { comment: 'Directory /srv/tree is set for removal', changes: { removed: '/srv/tree' } },
    applied: { comment: 'Removed directory /srv/tree' },
    after: { '/srv/tree': undefined },
  },
  {
    title: 'removes a link and not what it points to',
    before: { files: { '/srv/target': 'x', '/srv/link': { link: 'target' } } },
    arguments: { name: '/srv/link' },
    pending: { comment: 'File /srv/link is set for removal', changes: { removed: '/srv/link' } },
    applied: { comment: 'Removed file /srv/link' },
    after: { '/srv/link': undefined, '/srv/target': 'x' },
  },
  {
    title: 'has nothing to do when nothing is there',
    arguments: { name: '/etc/none' },
    ok: 'File /etc/none is not present',
  },
  { title: 'never removes the root', arguments: { name: '/' }, fails: 'Refusing to make "/" absent' },
  {
    title: 'refuses a relative path',
    arguments: { name: 'etc/old' },
    fails: 'Specified file etc/old is not an absolute path',
  },
]);
