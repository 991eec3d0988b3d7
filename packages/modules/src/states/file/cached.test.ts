import { describeState } from '@brine/testkit';
import { expect } from 'vitest';
import { cached } from './cached.ts';
import { notCached } from './not-cached.ts';

const surroundings = { served: { 'app/a.txt': 'hello\n' } };

describeState(cached, [
  {
    title: 'fetches a file of the file server',
    surroundings,
    arguments: { name: 'salt://app/a.txt' },
    ok: 'File is cached to /cache/app/a.txt',
  },
  {
    title: 'says that there is no such file',
    surroundings,
    arguments: { name: 'salt://app/b.txt' },
    fails: "Source file salt://app/b.txt not found in saltenv 'base'",
  },
  {
    title: 'wants a hash for files of other servers',
    arguments: { name: 'https://example.org/a' },
    fails:
      'Unable to verify upstream hash of source file https://example.org/a, please set source_hash or set skip_verify or use_etag to True',
  },
  {
    title: 'compares a file of this machine with a hash',
    before: { files: { '/srv/a': 'hello\n' } },
    arguments: { name: '/srv/a', source_hash: 'b1946ac92492d2347c6235b4d2611184' },
    ok: 'File /srv/a is present on the minion and has hash b1946ac92492d2347c6235b4d2611184',
  },
  {
    title: 'says that a file of this machine has another hash',
    before: { files: { '/srv/a': 'hello\n' } },
    arguments: { name: '/srv/a', source_hash: '0'.repeat(32) },
    fails: `File /srv/a is present on the minion, but the hash (b1946ac92492d2347c6235b4d2611184) does not match the specified hash (${'0'.repeat(32)})`,
  },
  {
    title: 'minds the hash of what the file server has',
    surroundings,
    arguments: { name: 'salt://app/a.txt', source_hash: '0'.repeat(32) },
    fails: expect.stringMatching(
      /^File is cached to \/cache\/app\/a\.txt, but the hash \([0-9a-f]{32}\) does not match the specified hash \(0{32}\)$/,
    ) as string,
  },
  {
    title: 'knows which servers there are',
    arguments: { name: 'foo://app/a.txt' },
    fails: 'Unsupported url scheme: foo://app/a.txt',
  },
  {
    title: 'wants a file of this machine to be there',
    arguments: { name: '/srv/a' },
    fails: 'File /srv/a is not present on the minion',
  },
]);

describeState(notCached, [
  {
    title: 'removes the copy',
    surroundings,
    arguments: { name: 'salt://app/a.txt' },
    pending: { comment: '/cache/app/a.txt is set for deletion', changes: { deleted: true } },
    applied: { comment: '/cache/app/a.txt was deleted' },
    after: { '/cache/app/a.txt': undefined },
    again: 'the cache of this test always has what is served',
  },
  {
    title: 'has nothing to do without a copy',
    arguments: { name: 'https://example.org/a' },
    ok: 'https://example.org/a is not cached',
  },
  {
    title: 'leaves files of this machine alone',
    arguments: { name: '/srv/a' },
    ok: 'File /srv/a is a local path, no action taken',
  },
]);
