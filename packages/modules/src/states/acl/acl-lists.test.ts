import { execFileSync } from 'node:child_process';
import { describeRealState } from '@brine/testkit';
import { listAbsent } from './list-absent.ts';
import { listPresent } from './list-present.ts';

const file = (folder: string): string => `${folder}/file`;
const made = async (folder: string): Promise<void> => void execFileSync('touch', [file(folder)]);
const shared = async (folder: string): Promise<void> => {
  await made(folder);
  execFileSync('setfacl', ['-m', 'user:daemon:r,user:bin:r,user:sys:rw', file(folder)]);
};
const names = ['daemon', 'bin'];
const entry = { acl_name: 'daemon, bin', acl_type: 'user' };

describeRealState(listPresent, [
  {
    title: 'adds entries',
    before: made,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_names: names, perms: 'rx' }),
    pending: () => ({
      comment: "New permissions will be applied for ['daemon', 'bin']: rx",
      changes: { new: { ...entry, perms: 'rx' } },
    }),
    applied: () => ({ comment: "Applied new permissions for ['daemon', 'bin']" }),
  },
  {
    title: 'changes entries and removes all others when told to',
    before: shared,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_names: names, perms: 'rw', force: true }),
    pending: () => ({
      comment: "Updated permissions will be applied for ['daemon', 'bin']: 4 -> rw",
      changes: { new: { ...entry, perms: 'rw' }, old: { ...entry, perms: 'r--' } },
    }),
    applied: () => ({ comment: "Updated permissions for ['daemon', 'bin']" }),
    after: async (folder) => {
      const text = execFileSync('getfacl', ['-cp', file(folder)], { encoding: 'utf8' });
      if (text.includes('user:sys')) throw new Error('another entry stayed');
    },
  },
  {
    title: 'finds entries that are as they should be',
    before: shared,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_names: names, perms: 'r' }),
    ok: () => 'Permissions are in the desired state',
  },
  {
    title: 'refuses a name that would be another entry',
    before: made,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_names: ['bin:rwx,user:sys'], perms: 'r' }),
    fails: () => 'The name bin:rwx,user:sys cannot be that of an account',
  },
]);
describeRealState(listAbsent, [
  {
    title: 'removes entries',
    before: shared,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_names: names }),
    pending: (folder) => ({
      comment: 'Removing permissions',
      changes: { removed: [`${file(folder)}: user:daemon:r--`, `${file(folder)}: user:bin:r--`] },
    }),
    applied: () => ({ comment: 'Removing permissions' }),
  },
  {
    title: 'has nothing to do without entries',
    before: made,
    arguments: (folder) => ({ name: file(folder), acl_type: 'user', acl_names: names }),
    ok: () => 'Permissions are in the desired state',
  },
]);
