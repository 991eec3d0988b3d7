import { describeState } from '@brine/testkit';
import { accumulated } from './accumulated.ts';
import { decode } from './decode.ts';
import { exists } from './exists.ts';
import { hardlink } from './hardlink.ts';
import { missing } from './missing.ts';
import { touch } from './touch.ts';

describeState(exists, [
  {
    title: 'is content with a path',
    before: { files: { '/a': 'x' } },
    arguments: { name: '/a' },
    ok: 'Path /a exists',
  },
  { title: 'fails without it', arguments: { name: '/a' }, fails: 'Specified path /a does not exist' },
]);
describeState(missing, [
  { title: 'is content without a path', arguments: { name: '/a' }, ok: 'Path /a is missing' },
  {
    title: 'fails with it',
    before: { files: { '/a': 'x' } },
    arguments: { name: '/a' },
    fails: 'Specified path /a exists',
  },
]);
describeState(accumulated, [
  {
    title: 'gathers without touching anything',
    arguments: { name: 'rules', filename: '/etc/fw', text: ['a', 1] },
    ok: 'Accumulator rules for file /etc/fw was charged by text',
  },
  {
    title: 'gathers for a state of files that waits for it',
    surroundings: { dependentSteps: [{ state: 'file', fun: 'managed', name: '/etc/fw' }] },
    arguments: { name: 'rules', filename: '/etc/fw', text: 'a' },
    ok: 'Accumulator rules for file /etc/fw was charged by text',
  },
  {
    title: 'is an orphan when no state of files waits for it',
    surroundings: { dependentSteps: [{ state: 'service', fun: 'running', name: 'fw' }] },
    arguments: { name: 'rules', filename: '/etc/fw', text: 'a' },
    fails: 'Orphaned accumulator rules in test:step',
  },
]);
describeState(decode, [
  {
    title: 'writes decoded content',
    before: { files: { '/etc/old': 'x' } },
    arguments: { name: '/etc/key', encoded_data: 'aGVs\nbG8K' },
    pending: { comment: 'File is set to be updated.', changes: { old: null, new: 'b1946ac92492d2347c6235b4d2611184' } },
    applied: { comment: 'File was updated.' },
    after: { '/etc/key': 'hello\n' },
  },
  {
    title: 'takes the content out of pillar',
    before: { files: { '/etc/key': 'hello\n' } },
    surroundings: { pillar: { keys: { app: '68656c6c6f0a' } } },
    arguments: { name: '/etc/key', contents_pillar: 'keys:app', encoding_type: 'hex' },
    ok: 'File is in the correct state.',
  },
  {
    title: 'needs a source',
    arguments: { name: '/etc/key' },
    fails: "Specify either the 'encoded_data' or 'contents_pillar' argument.",
  },
]);
describeState(hardlink, [
  {
    title: 'links a file',
    before: { files: { '/bin/vim': 'x' } },
    arguments: { name: '/usr/bin/vi', target: '/bin/vim', makedirs: true },
    pending: { comment: 'Hard link /usr/bin/vi to /bin/vim is set for creation', changes: { new: '/usr/bin/vi' } },
    applied: { comment: 'Created new hard link /usr/bin/vi -> /bin/vim' },
    after: { '/usr/bin/vi': 'x' },
  },
  {
    title: 'leaves a file in the way alone',
    before: { files: { '/bin/vim': 'x', '/bin/vi': 'y' } },
    arguments: { name: '/bin/vi', target: '/bin/vim' },
    fails: 'File exists where the hard link /bin/vi should be',
    foretold: 'File or directory exists where the hard link /bin/vi should be. Did you mean to use force?',
  },
  {
    title: 'never replaces a directory',
    before: { files: { '/bin/vim': 'x', '/bin/vi/file': 'y' } },
    arguments: { name: '/bin/vi', target: '/bin/vim', force: true },
    fails: 'Unable to hard link to directory /bin/vi',
  },
  {
    title: 'makes directories with the owner and mode they are to have',
    before: { passwd: ['www:x:33:33::/:/bin/sh'], group: ['www:x:33:'], files: { '/bin/vim': 'x' } },
    arguments: { name: '/srv/vi', target: '/bin/vim', makedirs: true, user: 'www', group: 'www', dir_mode: '0750' },
    pending: { comment: 'Hard link /srv/vi to /bin/vim is set for creation', changes: { new: '/srv/vi' } },
    applied: { comment: 'Created new hard link /srv/vi -> /bin/vim' },
    after: { '/srv': { directory: true, uid: 33, gid: 33, mode: 0o750 } },
  },
]);
describeState(touch, [
  {
    title: 'makes an empty file with times',
    arguments: { name: '/var/log/app/a.log', makedirs: true, mtime: 1000, atime: 2000 },
    pending: { comment: 'File /var/log/app/a.log is set to be created', changes: { new: '/var/log/app/a.log' } },
    applied: { comment: 'Created empty file /var/log/app/a.log' },
    after: { '/var/log/app/a.log': '' },
    verify: async (host) => {
      const stat = await host.files.stat('/var/log/app/a.log');
      if (stat?.modifiedAt !== 1_000_000 || stat.accessedAt !== 2_000_000) throw new Error('it has other times');
    },
  },
  {
    title: 'needs its directory',
    arguments: { name: '/var/log/app/a.log' },
    pending: { comment: 'File /var/log/app/a.log is set to be created', changes: { new: '/var/log/app/a.log' } },
    applied: { comment: 'Directory not present to touch file /var/log/app/a.log', changes: {}, failed: true },
  },
  {
    title: 'updates the times of a directory',
    before: { files: { '/srv': { directory: true } } },
    arguments: { name: '/srv', mtime: 5 },
    pending: { comment: 'Times set to be updated on directory /srv', changes: { touched: '/srv' } },
    applied: { comment: 'Updated times on directory /srv' },
  },
]);
