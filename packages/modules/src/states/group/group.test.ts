import { describeState, fakeAccounts, type FakeHostSetup } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const before = { group: ['team:x:50:alice,bob', 'other:x:60:'], programs: fakeAccounts };
const gpasswd = fakeAccounts['gpasswd'];
if (gpasswd === undefined) throw new Error('there is no gpasswd');

const withoutGhost: FakeHostSetup = {
  ...before,
  programs: {
    ...fakeAccounts,
    gpasswd: (args, ...rest) =>
      args[1] === 'ghost' ? { exitCode: 3, stderr: "gpasswd: user 'ghost' does not exist\n" } : gpasswd(args, ...rest),
  },
};

describeState(present, [
  {
    title: 'makes a group with members',
    before,
    arguments: { name: 'new', gid: 70, members: ['alice'] },
    pending: { comment: 'Group new set to be added', changes: { name: 'new' } },
    applied: { comment: 'New group new created', changes: { name: 'new', passwd: 'x', gid: 70, members: ['alice'] } },
  },
  {
    title: 'adds and removes members one by one',
    before,
    arguments: { name: 'team', addusers: ['carol'], delusers: ['bob'] },
    pending: {
      comment: "The following group attributes are set to be changed:\naddusers: ['carol']\ndelusers: ['bob']\n",
      changes: { addusers: ['carol'], delusers: ['bob'] },
    },
    applied: {
      comment: "The following group attributes are set to be changed:\naddusers: ['carol']\ndelusers: ['bob']\n",
      changes: { Final: 'All changes applied successfully' },
    },
  },
  {
    title: 'tells that a number is taken',
    before,
    arguments: { name: 'new', gid: 60 },
    pending: { comment: 'Group new set to be added', changes: { name: 'new' } },
    applied: {
      comment: 'Group new is not present but gid 60 is already taken by group other',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'adds whom it can, and tells what was refused',
    before: withoutGhost,
    arguments: { name: 'team', addusers: ['ghost', 'carol'] },
    pending: {
      comment: "The following group attributes are set to be changed:\naddusers: ['ghost', 'carol']\n",
      changes: { addusers: ['ghost', 'carol'] },
    },
    applied: {
      comment:
        "The following group attributes are set to be changed:\naddusers: ['ghost', 'carol']\n" +
        "Some changes could not be applied: gpasswd ended with status 3: gpasswd: user 'ghost' does not exist",
      changes: { Failed: { addusers: ['ghost'] } },
      failed: true,
    },
  },
  {
    title: 'makes a group whose members cannot be, and tells so',
    before: withoutGhost,
    arguments: { name: 'new', gid: 70, members: ['ghost'] },
    pending: { comment: 'Group new set to be added', changes: { name: 'new' } },
    applied: {
      comment:
        'Group new has been created but, some changes could not be applied: ' +
        "gpasswd ended with status 3: gpasswd: user 'ghost' does not exist",
      changes: { Failed: { members: ['ghost'] } },
      failed: true,
    },
  },
  {
    title: 'counts a member that is named twice once',
    before,
    arguments: { name: 'team', members: ['alice', 'bob', 'alice'] },
    ok: 'Group team is present and up to date',
  },
  {
    title: 'refuses members along with addusers',
    arguments: { name: 'team', members: ['a'], addusers: ['b'] },
    fails: 'Error: Conflicting options "members" with "addusers" and/or "delusers" can not be used together. ',
  },
  {
    title: 'is content with a group as described',
    before,
    arguments: { name: 'team', gid: 50, members: ['bob', 'alice'] },
    ok: 'Group team is present and up to date',
  },
]);
describeState(absent, [
  {
    title: 'removes a group',
    before,
    arguments: { name: 'team' },
    pending: { comment: 'Group team is set for removal', changes: { team: '' } },
    applied: { comment: 'Removed group team' },
  },
  { title: 'has nothing to do without the group', arguments: { name: 'none' }, ok: 'Group not present' },
]);
