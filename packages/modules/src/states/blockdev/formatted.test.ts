import { execFileSync } from 'node:child_process';
import { describeRealState } from '@brine/testkit';
import { formatted } from './formatted.ts';

// A file will do as a device: mkfs and blkid take both.
const device = (folder: string): string => `${folder}/device`;
const empty = async (folder: string): Promise<void> => void execFileSync('truncate', ['-s', '4M', device(folder)]);

describeRealState(formatted, [
  {
    title: 'makes a file system where there is none',
    before: empty,
    arguments: (folder) => ({ name: device(folder), fs_type: 'ext2' }),
    pending: (folder) => ({
      comment: `Changes to ${device(folder)} will be applied `,
      changes: { new: 'ext2', old: '' },
    }),
    applied: (folder) => ({ comment: `${device(folder)} has been formatted with ext2` }),
  },
  {
    title: 'keeps another file system unless forced',
    before: async (folder) => {
      await empty(folder);
      execFileSync('mkfs.ext2', ['-q', '-F', device(folder)]);
    },
    arguments: (folder) => ({ name: device(folder), fs_type: 'ext4' }),
    fails: (folder) => `${device(folder)} is formatted with ext2; force: true would replace it by ext4`,
  },
  {
    title: 'wants a device',
    arguments: (folder) => ({ name: `${folder}/none` }),
    fails: (folder) => `${folder}/none does not exist`,
  },
  {
    title: 'wants a kind there is',
    before: empty,
    arguments: (folder) => ({ name: device(folder), fs_type: 'nosuchfs' }),
    fails: () => 'Invalid fs_type: nosuchfs',
  },
]);
