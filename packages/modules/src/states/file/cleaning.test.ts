import { describeState } from '@brine/testkit';
import { pruned } from './pruned.ts';
import { retentionSchedule } from './retention-schedule.ts';
import { tidied } from './tidied.ts';

const tree = {
  files: {
    '/srv/a/old.log': 'x'.repeat(20),
    '/srv/a/new.txt': 'y',
    '/srv/a/deep/old.log': 'z',
    '/srv/a/empty': { directory: true as const },
    '/srv/a/link': { link: '/etc' },
  },
};

describeState(tidied, [
  {
    title: 'removes files whose names fit, deepest first',
    before: tree,
    arguments: { name: '/srv/a', matches: ['old'] },
    pending: { comment: '/srv/a is set for tidy', changes: { removed: ['/srv/a/deep/old.log', '/srv/a/old.log'] } },
    applied: { comment: 'Removed 2 files or directories from directory /srv/a' },
    after: { '/srv/a/new.txt': 'y', '/srv/a/old.log': undefined, '/srv/a/deep': { directory: true } },
  },
  {
    title: 'removes by size alone, and directories when asked',
    before: tree,
    arguments: { name: '/srv/a', size: '10', age_size_only: 'size', rmdirs: true, rmlinks: false },
    pending: { comment: '/srv/a is set for tidy', changes: { removed: ['/srv/a/old.log'] } },
    applied: { comment: 'Removed 1 files or directories from directory /srv/a' },
  },
  {
    title: 'leaves what is excluded',
    before: tree,
    arguments: { name: '/srv/a', age: 1, size: '1k', exclude: ['.*txt'], full_path_match: true },
    pending: {
      comment: '/srv/a is set for tidy',
      changes: { removed: ['/srv/a/deep/old.log', '/srv/a/old.log', '/srv/a/link'] },
    },
    applied: { comment: 'Removed 3 files or directories from directory /srv/a' },
  },
  {
    title: 'has nothing to do where nothing fits',
    before: tree,
    arguments: { name: '/srv/a', matches: 'nope' },
    ok: 'Nothing to remove from directory /srv/a',
  },
  {
    title: 'wants a directory',
    before: tree,
    arguments: { name: '/srv/b' },
    fails: '/srv/b does not exist or is not a directory.',
  },
]);

describeState(pruned, [
  {
    title: 'removes an empty directory',
    before: tree,
    arguments: { name: '/srv/a/empty' },
    pending: { comment: 'Directory /srv/a/empty is set for removal', changes: { deleted: '/srv/a/empty' } },
    applied: { comment: 'Removed directory /srv/a/empty' },
    after: { '/srv/a/empty': undefined },
  },
  {
    title: 'removes what is empty of a tree and leaves the rest',
    before: tree,
    arguments: { name: '/srv/a', ignore_errors: true },
    pending: { comment: 'Directory /srv/a is set for removal', changes: { deleted: ['/srv/a/empty'] } },
    applied: { comment: 'Recursively removed empty directories under /srv/a' },
    after: { '/srv/a/empty': undefined, '/srv/a/new.txt': 'y' },
  },
  {
    title: 'refuses a directory that is not empty',
    before: tree,
    arguments: { name: '/srv/a/deep' },
    fails: 'Failed to remove directory /srv/a/deep',
  },
  {
    title: 'has nothing to do without the directory',
    arguments: { name: '/srv/a' },
    ok: 'Directory /srv/a is not present',
  },
]);

const backups = ['20240101T000000', '20240101T120000', '20240102T000000', '20240108T000000', '20240301T000000'];

describeState(retentionSchedule, [
  {
    title: 'keeps the newest and the first of days and weeks, and leaves other files alone',
    before: {
      files: { '/b/notes': 'n', ...Object.fromEntries(backups.map((time) => [`/b/app_${time}.tar`, time])) },
    },
    arguments: {
      name: '/b',
      retain: { most_recent: 1, first_of_day: 2, first_of_month: 'all' },
      strptime_format: 'app_%Y%m%dT%H%M%S.tar',
    },
    pending: {
      comment: '2 backups would have been removed from /b.\n',
      changes: {
        retained: ['app_20240301T000000.tar', 'app_20240108T000000.tar', 'app_20240101T000000.tar'],
        deleted: ['app_20240102T000000.tar', 'app_20240101T120000.tar'],
        ignored: ['notes', '..', '.'],
      },
    },
    applied: { comment: '2 backups were removed from /b.\n' },
    after: { '/b/notes': 'n', '/b/app_20240102T000000.tar': undefined },
  },
  {
    title: 'has nothing to do when all are kept',
    before: { files: { '/b/app_20240101T000000.tar': 'x' } },
    arguments: { name: '/b', retain: { first_of_week: 1 }, strptime_format: 'app_%Y%m%dT%H%M%S.tar' },
    ok: '0 backups were removed from /b.\n',
  },
  {
    title: 'refuses a rule that there is not',
    before: { files: { '/b/x': 'x' } },
    arguments: { name: '/b', retain: { first_of_century: 1 } },
    fails: 'There is no rule first_of_century for what is retained',
  },
]);
