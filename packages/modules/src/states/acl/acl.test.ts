import { execFileSync } from 'node:child_process';
import { describeRealState } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const file = (folder: string): string => `${folder}/file`;
const made = async (folder: string): Promise<void> => void execFileSync('touch', [file(folder)]);
const shared = async (folder: string): Promise<void> => {
  await made(folder);
  execFileSync('setfacl', ['-m', 'user:daemon:r', file(folder)]);
};

describeRealState(present, [
  {
    title: 'adds an entry',
    before: made,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_name: 'daemon', perms: 'rx' }),
    pending: () => ({
      comment: 'New permissions will be applied for daemon: rx',
      changes: { new: { acl_name: 'daemon', acl_type: 'user', perms: 'rx' } },
    }),
    applied: () => ({ comment: 'Applied new permissions for daemon' }),
  },
  {
    title: 'changes an entry',
    before: shared,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_name: 'daemon', perms: 'rw' }),
    pending: () => ({
      comment: 'Updated permissions will be applied for daemon: r-- -> rw',
      changes: {
        new: { acl_name: 'daemon', acl_type: 'user', perms: 'rw' },
        old: { acl_name: 'daemon', acl_type: 'user', perms: 'r--' },
      },
    }),
    applied: () => ({ comment: 'Updated permissions for daemon' }),
  },
  {
    title: 'finds an entry that is as it should be',
    before: shared,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_name: 'daemon', perms: 'r' }),
    ok: () => 'Permissions are in the desired state',
  },
  {
    title: 'sets what is made in a directory',
    arguments: (folder) => ({ name: folder, acl_type: 'default:group', acl_name: 'daemon', perms: 'rwx' }),
    pending: () => ({
      comment: 'New permissions will be applied for daemon: rwx',
      changes: { new: { acl_name: 'daemon', acl_type: 'default:group', perms: 'rwx' } },
    }),
    applied: () => ({ comment: 'Applied new permissions for daemon' }),
  },
  {
    title: 'wants a type there is',
    before: made,
    arguments: (folder) => ({ name: file(folder), acl_type: 'planet', perms: 'r' }),
    fails: () => 'ACL Type does not exist',
  },
]);

describeRealState(absent, [
  {
    title: 'removes an entry',
    before: shared,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_name: 'daemon' }),
    pending: (folder) => ({
      comment: 'Removing permissions',
      changes: { removed: [`${file(folder)}: user:daemon:r--`] },
    }),
    applied: () => ({ comment: 'Removing permissions' }),
  },
  {
    title: 'has nothing to do without it',
    before: made,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_name: 'daemon' }),
    ok: () => 'Permissions are in the desired state',
  },
]);
