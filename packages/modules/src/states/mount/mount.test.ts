import { describeState, type FakeProgram } from '@brine/testkit';
import { fstabAbsent } from './fstab-absent.ts';
import { fstabPresent } from './fstab-present.ts';
import { mounted } from './mounted.ts';
import { swap } from './swap.ts';
import { unmounted } from './unmounted.ts';

const table = '# table\n/dev/sda1 / ext4 defaults 0 1\n/dev/sdb1\t/srv\text4\tdefaults\t0\t0\n';
const mount: FakeProgram = (args, machine) => {
  machine.facts.set('mount', args.join(' '));
  return '';
};
const before = {
  files: {
    '/etc/fstab': table,
    '/proc/self/mounts': '/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 /srv ext4 rw 0 0\n',
    '/proc/swaps': 'Filename Type\n/swap/old file\n',
    '/srv': { directory: true as const },
  },
  programs: {
    mount,
    umount: (async (_, machine) => {
      await machine.files.write('/proc/self/mounts', Buffer.from('/dev/sda1 / ext4 rw 0 0\n'));
      return '';
    }) satisfies FakeProgram,
    swapon: (async (args, machine) => {
      await machine.files.append('/proc/swaps', Buffer.from(`${args.at(-1) ?? ''} file\n`));
      return '';
    }) satisfies FakeProgram,
  },
};

describeState(mounted, [
  {
    title: 'knows what is mounted and written down',
    before,
    arguments: { name: '/srv/', device: '/dev/sdb1', fstype: 'ext4' },
    ok: 'Target was already mounted',
  },
  {
    title: 'writes down other options without mounting',
    before,
    arguments: { name: '/data', device: '/dev/sdc1', fstype: 'xfs', mount: false },
    pending: {
      comment: '/data needs to be written to the fstab in order to be made persistent.',
      changes: { persist: 'new' },
    },
    applied: { comment: 'Target was already mounted. Added new entry to the fstab.' },
    after: { '/etc/fstab': `${table}/dev/sdc1\t/data\txfs\tdefaults\t0\t0\n` },
  },
  {
    title: 'mounts anew with its options when a watch fires',
    watched: true,
    before,
    arguments: { name: '/srv', device: '/dev/sdb1', fstype: 'ext4', opts: ['noatime'] },
    pending: { comment: '/srv is set to be remounted', changes: { '/srv': 'remounted' } },
    applied: { comment: '/srv remounted' },
    verify: (host) => {
      if (host.facts.get('mount') !== '-o remount,noatime -- /srv') throw new Error('it was not remounted so');
    },
  },
]);
describeState(unmounted, [
  {
    title: 'unmounts and forgets an entry',
    before,
    arguments: { name: '/srv', persist: true },
    pending: {
      comment: 'Mount point /srv is mounted but should not be',
      changes: { umount: true, persist: 'purged' },
    },
    applied: { comment: 'Target was successfully unmounted. Removed target from fstab' },
    after: { '/etc/fstab': '# table\n/dev/sda1 / ext4 defaults 0 1\n' },
  },
  {
    title: 'has nothing to do for a path that is none',
    before,
    arguments: { name: '/x', persist: true },
    ok: 'Target was already unmounted. fstab entry not found',
  },
]);
describeState(swap, [
  {
    title: 'uses a file as swap from now on',
    before,
    arguments: { name: '/swapfile' },
    pending: { comment: 'Swap /swapfile is set to be activated', changes: { swap: '/swapfile', persist: 'new' } },
    applied: { comment: 'Swap /swapfile activated. Added new entry to the fstab.' },
    after: { '/etc/fstab': `${table}/swapfile\tnone\tswap\tdefaults\t0\t0\n` },
  },
  {
    title: 'knows swap that is in use',
    before,
    arguments: { name: '/swap/old', persist: false },
    ok: 'Swap /swap/old already active',
  },
]);
describeState(fstabPresent, [
  {
    title: 'writes an entry and mounts it',
    before,
    arguments: { name: 'LABEL=data', fs_file: '/data', fs_vfstype: 'xfs' },
    pending: {
      comment: '/data entry will be written in /etc/fstab.\nWill mount LABEL=data on /data',
      changes: { persist: 'new' },
    },
    applied: { comment: '/data entry added in /etc/fstab.\nMounted LABEL=data on /data' },
    after: { '/etc/fstab': `${table}LABEL=data\t/data\txfs\tdefaults\t0\t0\n` },
  },
  {
    title: 'changes an entry',
    before,
    arguments: { name: '/dev/sdb1', fs_file: '/srv', fs_vfstype: 'ext4', fs_mntops: 'noatime' },
    pending: { comment: '/srv entry will be updated in /etc/fstab.', changes: { persist: 'change' } },
    applied: { comment: '/srv entry updated in /etc/fstab.' },
  },
  {
    title: 'leaves an entry alone when told to',
    before,
    arguments: { name: '/dev/sdb1', fs_file: '/srv', fs_vfstype: 'ext4', fs_mntops: 'noatime', not_change: true },
    ok: '/srv entry is already in /etc/fstab.',
  },
]);
describeState(fstabAbsent, [
  {
    title: 'removes an entry',
    before,
    arguments: { name: '/dev/sdb1', fs_file: '/srv' },
    pending: { comment: '/srv entry will be removed from /etc/fstab.', changes: { persist: 'removed' } },
    applied: { comment: '/srv entry removed from /etc/fstab.' },
  },
  {
    title: 'has nothing to do without the entry',
    before,
    arguments: { name: 'x', fs_file: '/x' },
    ok: '/x entry is already missing in /etc/fstab.',
  },
]);
