import { describeState } from '@brine/testkit';
import { symlink } from './symlink.ts';

describeState(symlink, [
  {
    title: 'makes a link',
    before: { files: { '/srv/rel/1.0': { directory: true } } },
    arguments: { name: '/srv/stable', target: '/srv/rel/1.0' },
    pending: { comment: 'Symlink /srv/stable to /srv/rel/1.0 is set for creation', changes: { new: '/srv/stable' } },
    applied: { comment: 'Created new symlink /srv/stable -> /srv/rel/1.0' },
    after: { '/srv/stable': { link: '/srv/rel/1.0' } },
  },
  {
    title: 'corrects a link that points elsewhere',
    before: { files: { '/srv/current': { link: 'rel/1.0' } } },
    arguments: { name: '/srv/current', target: 'rel/2.0' },
    pending: {
      comment: 'Link /srv/current target is set to be changed to rel/2.0',
      changes: { change: '/srv/current' },
    },
    applied: { comment: 'Created new symlink /srv/current -> rel/2.0', changes: { new: '/srv/current' } },
    after: { '/srv/current': { link: 'rel/2.0' } },
  },
  {
    title: 'makes parents on demand',
    before: { files: { '/srv': { directory: true } } },
    arguments: { name: '/srv/etc/alt/app', target: '../app', makedirs: true },
    pending: {
      comment: 'Symlink /srv/etc/alt/app to ../app is set for creation\n/srv/etc/alt will be created',
      changes: { new: '/srv/etc/alt/app' },
    },
    applied: { comment: 'Created new symlink /srv/etc/alt/app -> ../app' },
    after: { '/srv/etc/alt/app': { link: '../app' } },
  },
  {
    title: 'fails at work without its parent',
    arguments: { name: '/srv/none/link', target: '/nowhere' },
    pending: {
      comment: 'Symlink /srv/none/link to /nowhere is set for creation\nDirectory /srv/none for symlink is not present',
      changes: { new: '/srv/none/link' },
    },
    applied: { comment: 'Directory /srv/none for symlink is not present', changes: {}, failed: true },
  },
  {
    title: 'refuses a file in the way',
    before: { files: { '/srv/f': 'x' } },
    arguments: { name: '/srv/f', target: '/nowhere' },
    fails: 'File exists where the symlink /srv/f should be',
    foretold: 'File or directory exists where the symlink /srv/f should be. Did you mean to use force?',
  },
  {
    title: 'names accounts that do not exist when it is to make the link',
    before: { files: { '/srv': { directory: true } } },
    arguments: { name: '/srv/l', target: '/nowhere', user: 'none', group: 'nobodies' },
    pending: { comment: 'Symlink /srv/l to /nowhere is set for creation', changes: { new: '/srv/l' } },
    applied: { comment: 'User none does not exist. Group nobodies does not exist.', changes: {}, failed: true },
  },
  {
    title: 'puts the link in the place of a file when it is to be done in one step',
    before: { files: { '/srv/f': 'old\n' } },
    arguments: { name: '/srv/f', target: '/nowhere', atomic: true },
    pending: {
      comment: 'The file or directory /srv/f is set for removal to make way for a new symlink targeting /nowhere',
      changes: { new: '/srv/f' },
    },
    applied: { comment: 'Created new symlink /srv/f -> /nowhere' },
    after: { '/srv/f': { link: '/nowhere' } },
  },
  {
    title: 'removes what is in the way when forced',
    before: { files: { '/srv/d/x': 'x' } },
    arguments: { name: '/srv/d', target: '/nowhere', force: true },
    pending: {
      comment: 'The file or directory /srv/d is set for removal to make way for a new symlink targeting /nowhere',
      changes: { new: '/srv/d' },
    },
    applied: { comment: 'Created new symlink /srv/d -> /nowhere' },
    after: { '/srv/d': { link: '/nowhere' } },
  },
  {
    title: 'moves what is in the way aside',
    before: { files: { '/srv/f': 'x' } },
    arguments: { name: '/srv/f', target: '/nowhere', backupname: 'f.orig' },
    pending: {
      comment: '/srv/f is set to be moved to /srv/f.orig to make way for a new symlink targeting /nowhere',
      changes: { new: '/srv/f' },
    },
    applied: { comment: 'Created new symlink /srv/f -> /nowhere' },
    after: { '/srv/f': { link: '/nowhere' }, '/srv/f.orig': 'x' },
  },
  {
    title: 'has nothing to do for a link that is right',
    before: { files: { '/srv/l': { link: 'x' } } },
    arguments: { name: '/srv/l', target: 'x' },
    ok: 'Symlink /srv/l is present and owned by root:root',
  },
  {
    title: 'corrects the owner of a link',
    before: { files: { '/srv/l': { link: 'x' } }, passwd: ['www:x:33:33::/:'], group: ['www:x:33:'] },
    arguments: { name: '/srv/l', target: 'x', user: 'www' },
    pending: {
      comment:
        'The symlink /srv/l is present, but the ownership of the symlink would be changed from root:root to www:www',
      changes: { ownership: 'www:www' },
    },
    applied: { comment: 'Set ownership of symlink /srv/l to www:www' },
    after: { '/srv/l': { link: 'x' } },
  },
]);
