import { describeState } from '@brine/testkit';
import { directory } from './directory.ts';

const willBe = 'The following files will be changed:\n';

describeState(directory, [
  {
    title: 'makes a directory with its mode',
    before: { files: { '/srv': { directory: true } } },
    arguments: { name: '/srv/plain', mode: '0750' },
    pending: { comment: `${willBe}/srv/plain: directory - new\n`, changes: { '/srv/plain': { directory: 'new' } } },
    applied: { comment: '' },
    after: { '/srv/plain': { directory: true, mode: 0o750 } },
  },
  {
    title: 'makes its parents with makedirs',
    arguments: { name: '/x/y/z/', makedirs: true },
    pending: { comment: `${willBe}/x/y/z: directory - new\n`, changes: { '/x/y/z': { directory: 'new' } } },
    applied: { comment: '' },
    after: { '/x/y/z': { directory: true, mode: 0o755 } },
  },
  {
    title: 'fails at work without its parent',
    arguments: { name: '/x/y' },
    pending: { comment: `${willBe}/x/y: directory - new\n`, changes: { '/x/y': { directory: 'new' } } },
    applied: {
      comment: 'No directory to create /x/y in',
      changes: { '/x/y': { directory: 'new' } },
      failed: true,
    },
  },
  {
    title: 'refuses a file in the way',
    before: { files: { '/srv/taken': 'x' } },
    arguments: { name: '/srv/taken' },
    fails: 'Specified location /srv/taken exists and is a file',
  },
  {
    title: 'replaces a file in the way when forced',
    before: { files: { '/srv/taken': 'x' } },
    arguments: { name: '/srv/taken', force: true },
    pending: {
      comment: `${willBe}/srv/taken: directory - new\n`,
      changes: { forced: 'File would be forcibly replaced', '/srv/taken': { directory: 'new' } },
    },
    applied: { comment: '', changes: { forced: 'File was forcibly replaced', '/srv/taken': { directory: 'new' } } },
    after: { '/srv/taken': { directory: true } },
  },
  {
    title: 'sets modes of directories and files below it',
    before: { files: { '/srv/t/a': { text: 'a', mode: 0o666 }, '/srv/t/sub/b': { text: 'b', mode: 0o777 } } },
    arguments: { name: '/srv/t', dir_mode: '0755', file_mode: '0644', recurse: ['mode'] },
    pending: {
      comment: `${willBe}/srv/t/a: mode - 0644\n/srv/t/sub/b: mode - 0644\n`,
      changes: { '/srv/t/a': { mode: '0644' }, '/srv/t/sub/b': { mode: '0644' } },
    },
    applied: {
      comment: 'Directory /srv/t updated',
      changes: { '/srv/t/a': { mode: '0644' }, '/srv/t/sub/b': { mode: '0644' }, mode: '0644' },
    },
    after: { '/srv/t/a': { text: 'a', mode: 0o644 }, '/srv/t/sub/b': { text: 'b', mode: 0o644 } },
  },
  {
    title: 'cleans away what no required state manages and no pattern excludes',
    before: {
      files: { '/srv/c/stale': 's', '/srv/c/keep.local': 'k', '/srv/c/old/deep': 'd', '/srv/c/mine': 'm' },
    },
    surroundings: { requiredSteps: [{ state: 'file', fun: 'managed', name: '/srv/c/mine' }] },
    arguments: { name: '/srv/c', clean: true, exclude_pat: '*.local' },
    pending: {
      comment: `${willBe}/srv/c/old: removed - Removed due to clean\n/srv/c/stale: removed - Removed due to clean\n/srv/c/old/deep: removed - Removed due to clean\n`,
      changes: {
        '/srv/c/old': { removed: 'Removed due to clean' },
        '/srv/c/stale': { removed: 'Removed due to clean' },
        '/srv/c/old/deep': { removed: 'Removed due to clean' },
      },
    },
    applied: {
      comment: 'Files cleaned from directory /srv/c',
      changes: {
        '/srv/c/old': { removed: 'Removed due to clean' },
        '/srv/c/stale': { removed: 'Removed due to clean' },
        '/srv/c/old/deep': { removed: 'Removed due to clean' },
        removed: ['/srv/c/old', '/srv/c/stale'],
      },
    },
    after: { '/srv/c/stale': undefined, '/srv/c/old': undefined, '/srv/c/keep.local': 'k', '/srv/c/mine': 'm' },
  },
  {
    title: 'has nothing to do for a directory that is right',
    before: { files: { '/srv/d': { directory: true, mode: 0o750 } } },
    arguments: { name: '/srv/d', mode: 750, user: 'root' },
    ok: 'The directory /srv/d is in the correct state',
  },
  {
    title: 'has no use for a user that is not said where nothing changes',
    before: { files: { '/srv/d': { directory: true } } },
    arguments: { name: '/srv/d', recurse: ['user', 'group'] },
    ok: 'The directory /srv/d is in the correct state',
  },
  {
    title: 'wants a user to enforce one below it',
    before: { files: { '/srv/d': { directory: true, mode: 0o750 } } },
    arguments: { name: '/srv/d', mode: '0700', recurse: ['user'] },
    fails: 'user not specified, but configured as a target for recursive ownership management',
  },
]);
