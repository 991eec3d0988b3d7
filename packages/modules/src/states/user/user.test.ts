import { describeState, fakeAccounts } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const before = {
  passwd: ['deploy:x:1000:1000:Deploy,,,:/home/deploy:/bin/sh'],
  group: ['deploy:x:1000:', 'www:x:33:', 'old:x:34:deploy'],
  files: {
    '/home/deploy': { directory: true as const, uid: 1000 },
    '/etc/shadow': 'root:*:19000:0:99999:7:::\ndeploy:!:19000:0:99999:7:::\n',
  },
  programs: fakeAccounts,
};

describeState(present, [
  {
    title: 'makes an account with its home and groups',
    before,
    arguments: { name: 'app', uid: 1500, shell: '/bin/bash', groups: ['www'], fullname: 'App' },
    pending: { comment: 'User app set to be added', changes: { name: 'app' } },
    applied: {
      comment: 'New user app created',
      changes: {
        gid: 1500,
        groups: ['app', 'www'],
        home: '/home/app',
        name: 'app',
        passwd: 'x',
        shell: '/bin/bash',
        uid: 1500,
        fullname: 'App',
        roomnumber: '',
        workphone: '',
        homephone: '',
        other: '',
      },
    },
    after: { '/home/app': { directory: true, uid: 1500 } },
  },
  {
    title: 'changes shell and groups, and leaves groups that are not named',
    before,
    arguments: { name: 'deploy', shell: '/bin/bash', groups: ['www'] },
    pending: {
      comment: "The following user attributes are set to be changed:\ngroups: ['www']\nshell: /bin/bash\n",
      changes: { groups: ['www'], shell: '/bin/bash' },
    },
    applied: { comment: 'Updated user deploy', changes: { groups: ['deploy', 'www'], shell: '/bin/bash' } },
  },
  {
    title: 'keeps other groups when asked to',
    before,
    arguments: { name: 'deploy', groups: ['www'], remove_groups: false },
    pending: {
      comment: "The following user attributes are set to be changed:\ngroups: ['old', 'www']\n",
      changes: { groups: ['old', 'www'] },
    },
    applied: { comment: 'Updated user deploy', changes: { groups: ['deploy', 'old', 'www'] } },
  },
  {
    title: 'sets a password hash without ever showing it',
    before,
    arguments: { name: 'deploy', password: '$6$salt$hash' },
    pending: {
      comment: 'The following user attributes are set to be changed:\npasswd: XXX-REDACTED-XXX\n',
      changes: { passwd: 'XXX-REDACTED-XXX' },
    },
    applied: { comment: 'Updated user deploy' },
  },
  {
    title: 'does not change a number unless that is allowed',
    before,
    arguments: { name: 'deploy', uid: 1001 },
    fails:
      'Encountered error checking for needed changes. Additional info follows:\n\n- Changing uid (1000 -> 1001) not permitted, set allow_uid_change to True to force this change. Note that this will not change file ownership.',
  },
  {
    title: 'keeps the old primary group as one more where no groups are asked for',
    before,
    arguments: { name: 'deploy', gid: 'www', allow_gid_change: true },
    pending: {
      comment: "The following user attributes are set to be changed:\ngid: www\ngroups: ['deploy', 'old']\n",
      changes: { gid: 'www', groups: ['deploy', 'old'] },
    },
    applied: { comment: 'Updated user deploy', changes: { gid: 33, groups: ['deploy', 'old', 'www'] } },
  },
  {
    title: 'takes the number of a group for its name',
    before,
    arguments: { name: 'deploy', groups: [34] },
    ok: 'User deploy is present and up to date',
  },
  {
    title: 'takes empty texts for nothing asked for',
    before,
    arguments: { name: 'deploy', password: '', shell: '', home: '', gid: '' },
    ok: 'User deploy is present and up to date',
  },
  {
    title: 'tells of a primary group that is not there',
    before,
    arguments: { name: 'deploy', gid: 'none' },
    fails:
      'Encountered error checking for needed changes. Additional info follows:\n\n- Changing gid (1000 -> none) not permitted, set allow_gid_change to True to force this change. Note that this will not change file ownership.',
  },
  {
    title: 'needs the groups to exist by the time it applies',
    before,
    arguments: { name: 'app', groups: ['none'] },
    pending: { comment: 'User app set to be added', changes: { name: 'app' } },
    applied: { comment: 'The following group(s) are not present: none', changes: {}, failed: true },
  },
  {
    title: 'has nothing to do for an account as described',
    before,
    arguments: { name: 'deploy' },
    ok: 'User deploy is present and up to date',
  },
  {
    title: 'refuses a name that could be an option',
    arguments: { name: '-o' },
    fails: 'The name -o cannot be that of a user',
  },
]);
describeState(absent, [
  {
    title: 'removes an account, its group and its home',
    before,
    arguments: { name: 'deploy', purge: true },
    pending: { comment: 'User deploy set for removal', changes: { deploy: 'removed' } },
    applied: { comment: 'Removed user deploy', changes: { deploy: 'removed', 'deploy group': 'removed' } },
    after: { '/home/deploy': undefined },
  },
  { title: 'has nothing to do without the account', arguments: { name: 'none' }, ok: 'User none is not present' },
]);
