import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { expect } from 'vitest';
import { fstabAbsent } from './fstab-absent.ts';
import { fstabPresent } from './fstab-present.ts';
import { mounted } from './mounted.ts';
import { swap } from './swap.ts';
import { unmounted } from './unmounted.ts';

const table = '# table\n/dev/sda1 / ext4 defaults 0 1\n/dev/sdb1\t\t/srv\text4\tdefaults\t0 0\n';
const root = '25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n';
const srv = '40 25 8:17 / /srv rw,relatime shared:2 - ext4 /dev/sdb1 rw,size=2048k,uid=1000\n';
// As the kernel does it: what is mounted has the options it was given.
const mount: FakeProgram = async (args, machine) => {
  machine.facts.set('mount', args.join(' '));
  const [, options = '', , type = '', , device = '', name = ''] = args;
  const told = options.replace('remount', '').replace('defaults', 'rw');
  const others = Buffer.from((await machine.files.read('/proc/self/mountinfo')) ?? '').toString('utf8');
  const line = `41 25 8:17 / ${name} ${told} shared:2 - ${type} ${device} rw,size=2048k,uid=1000\n`;
  const kept = others.split('\n').filter((one) => one !== '' && !one.includes(` ${name} `));
  await machine.files.write('/proc/self/mountinfo', Buffer.from([...kept, line].join('\n')));
  return '';
};
function mountedWith(command: string) {
  return (host: FakeHost): void => {
    expect(host.facts.get('mount')).toBe(command);
  };
}
const before = {
  passwd: ['web:x:1000:1000::/home/web:/bin/sh'],
  files: {
    '/etc/fstab': table,
    '/proc/self/mountinfo': `${root}${srv}`,
    '/proc/swaps': 'Filename Type\n/swap/old file\n',
    '/srv': { directory: true as const },
    '/mnt/empty': { directory: true as const },
  },
  programs: {
    mount,
    umount: (async (_, machine) => {
      await machine.files.write('/proc/self/mountinfo', Buffer.from(root));
      return '';
    }) satisfies FakeProgram,
    blkid: (([, kind, , tag = '', , device]) => {
      if (kind === 'device') return tag === 'LABEL=data' ? '/dev/sdb1\n' : { exitCode: 2 };
      return tag === 'UUID' && device === '/dev/sdb1' ? '7ec8-d8ba\n' : { exitCode: 2 };
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
    ok: 'Target was already mounted. Entry already exists in the fstab.',
  },
  {
    title: 'does not look into the table when it is not to persist',
    before,
    arguments: { name: '/srv', device: 'LABEL=data', fstype: 'ext4', persist: false },
    ok: 'Target was already mounted',
  },
  {
    title: 'mounts a device and makes its mount point',
    before,
    arguments: { name: '/data', device: '/dev/sdc1', fstype: 'xfs', mkmnt: true, opts: 'noatime,user=bob' },
    pending: { comment: '/data would be created and mounted', changes: { mount: true, persist: 'new' } },
    applied: { comment: 'Target was successfully mounted. Added new entry to the fstab.' },
    after: {
      '/data': { directory: true },
      '/etc/fstab': `${table}/dev/sdc1\t\t/data\txfs\tnoatime,user=bob\t0 0\n`,
    },
    again: 'the user option is not what a fake kernel tells',
    verify: mountedWith('-o noatime,user=bob -t xfs -- /dev/sdc1 /data'),
  },
  {
    title: 'fails where there is no mount point',
    before,
    arguments: { name: '/data', device: '/dev/sdc1', fstype: 'xfs', persist: false },
    pending: { comment: '/data does not exist and would not be created', changes: { mount: true } },
    applied: { comment: 'Mount directory is not present', changes: {}, failed: true },
  },
  {
    title: 'writes down what is not mounted',
    before,
    arguments: { name: '/mnt/empty', device: '/dev/sdc1', fstype: 'xfs', mount: false },
    pending: {
      comment: '/mnt/empty not mounted. /mnt/empty needs to be written to the fstab in order to be made persistent.',
      changes: { persist: 'new' },
    },
    applied: { comment: '/mnt/empty not mounted. Added new entry to the fstab.' },
    after: { '/etc/fstab': `${table}/dev/sdc1\t\t/mnt/empty\txfs\tdefaults\t0 0\n` },
  },
  {
    title: 'foretells the line of what it would make and not mount',
    before,
    arguments: { name: '/mnt/new', device: '/dev/sdc1', fstype: 'xfs', mkmnt: true, mount: false },
    pending: {
      comment:
        '/mnt/new would be created, but not mounted. ' +
        '/mnt/new needs to be written to the fstab in order to be made persistent.',
      changes: { created: '/mnt/new', persist: 'new' },
    },
    applied: { comment: '/mnt/new was created, not mounted. Added new entry to the fstab.' },
    after: {
      '/etc/fstab': `${table}/dev/sdc1\t\t/mnt/new\txfs\tdefaults\t0 0\n`,
      '/mnt/new': { directory: true },
    },
  },
  {
    title: 'finds the line of the table by what match_on names',
    before,
    arguments: { name: '/srv', device: '/dev/sdb1', fstype: 'ext4', dump: 1, match_on: ['name', 'fstype'] },
    pending: {
      comment: 'Target was already mounted. /srv is mounted, but its fstab entry must be updated.',
      changes: { persist: 'update' },
    },
    applied: { comment: 'Target was already mounted. Updated the entry in the fstab.' },
    after: { '/etc/fstab': table.replace('defaults\t0 0', 'defaults\t1 0') },
  },
  {
    title: 'refuses to look for a field that no table has',
    before,
    arguments: { name: '/srv', device: '/dev/sdb1', fstype: 'ext4', match_on: 'colour' },
    fails: 'Unrecognized keys in match_on: "colour"',
  },
  {
    title: 'mounts anew with other options',
    before,
    arguments: {
      name: '/srv',
      device: '/dev/sdb1',
      fstype: 'ext4',
      opts: ['noatime', 'size=2m', 'uid=web'],
      persist: false,
    },
    pending: {
      comment: 'Remount would be forced because options (noatime) changed',
      changes: { umount: 'Forced remount because options (noatime) changed' },
    },
    applied: { comment: 'Target was already mounted' },
    verify: mountedWith('-o noatime,size=2m,uid=web,remount -t ext4 -- /dev/sdb1 /srv'),
  },
  {
    title: 'does not ask for options that the kernel never tells',
    before,
    arguments: {
      name: '/srv',
      device: '/dev/sdb1',
      fstype: 'ext4',
      persist: false,
      opts: ['noauto', 'x-systemd.automount', 'mine', 'token=s3', 'quick', 'level=5', 'old'],
      extra_mount_invisible_options: ['mine'],
      extra_mount_invisible_keys: ['token'],
      hidden_opts: 'quick',
      extra_mount_ignore_fs_keys: { ext4: ['level'] },
      extra_mount_translate_options: { old: 'relatime' },
    },
    ok: 'Target was already mounted',
  },
  {
    title: 'mounts another device in place of the one that is there',
    before,
    arguments: { name: '/srv', device: '/dev/sdc1', fstype: 'ext4', persist: false },
    pending: {
      comment: 'An umount would have been forced because devices do not match.  Watched: /dev/sdc1',
      changes: {
        umount: "Forced unmount because devices don't match. Wanted: /dev/sdc1, current: /dev/sdb1",
        mount: true,
      },
    },
    applied: { comment: 'Target was successfully mounted' },
  },
  {
    title: 'leaves a device that a pattern allows',
    before,
    arguments: { name: '/srv', device: 'web2:/x', fstype: 'nfs', device_name_regex: ['/dev/sd.1'], persist: false },
    ok: 'An umount will not be forced because device matched device_name_regex: /dev/sdb1',
  },
  {
    title: 'mounts anew when an option that was given before is given no more',
    before: {
      ...before,
      files: { ...before.files, '/var/cache/brine/mounts': 'mounts:\n  /srv:\n    opts: [defaults, noexec]\n' },
    },
    arguments: { name: '/srv', device: '/dev/sdb1', fstype: 'ext4', persist: false },
    pending: {
      comment: 'Remount would be forced because options (noexec) changed',
      changes: { umount: 'Forced remount because options (noexec) changed' },
    },
    applied: { comment: 'Target was already mounted' },
  },
  {
    title: 'mounts anew with its options when a watch fires',
    watched: true,
    before,
    arguments: { name: '/srv', device: '/dev/sdb1', fstype: 'ext4', opts: ['noatime'] },
    pending: { comment: '/srv is set to be remounted', changes: { '/srv': 'remounted' } },
    applied: { comment: '/srv remounted' },
    verify: mountedWith('-o noatime,remount -t ext4 -- /dev/sdb1 /srv'),
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
    after: { '/etc/fstab': `${table}/swapfile\t\tnone\tswap\tdefaults\t0 0\n` },
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
    title: 'tells of the entry it wrote although it could not be mounted',
    before: {
      ...before,
      programs: { ...before.programs, mount: () => ({ exitCode: 32, stderr: 'mount: /data: does not exist.\n' }) },
    },
    arguments: { name: 'LABEL=data', fs_file: '/data', fs_vfstype: 'xfs' },
    pending: {
      comment: '/data entry will be written in /etc/fstab.\nWill mount LABEL=data on /data',
      changes: { persist: 'new' },
    },
    applied: {
      comment: '/data entry added in /etc/fstab.\n' + 'Error while mounting  /data: does not exist.',
      failed: true,
    },
    after: { '/etc/fstab': `${table}LABEL=data\t\t/data\txfs\tdefaults\t0 0\n` },
  },
  {
    title: 'writes an entry and mounts it',
    before,
    arguments: { name: 'LABEL=data', fs_file: '/data', fs_vfstype: 'xfs' },
    pending: {
      comment: '/data entry will be written in /etc/fstab.\nWill mount LABEL=data on /data',
      changes: { persist: 'new' },
    },
    applied: { comment: '/data entry added in /etc/fstab.\nMounted LABEL=data on /data' },
    after: { '/etc/fstab': `${table}LABEL=data\t\t/data\txfs\tdefaults\t0 0\n` },
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
    ok: '/srv entry was already in /etc/fstab.',
  },
  {
    title: 'names a device by its UUID, and finds the line by its mount point',
    before,
    arguments: { name: 'LABEL=data', fs_file: '/srv', fs_vfstype: 'ext4', mount_by: 'uuid', match_on: 'name' },
    pending: { comment: '/srv entry will be updated in /etc/fstab.', changes: { persist: 'change' } },
    applied: { comment: '/srv entry updated in /etc/fstab.' },
    after: { '/etc/fstab': table.replace('/dev/sdb1', 'UUID=7ec8-d8ba') },
  },
  {
    title: 'refuses a device without such a name',
    before,
    arguments: { name: '/dev/sdb1', fs_file: '/srv', fs_vfstype: 'ext4', mount_by: 'partlabel' },
    fails: 'Device /dev/sdb1 cannot be converted to partlabel',
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
    title: 'removes the entry of a device that is gone by its mount point',
    before,
    arguments: { name: 'UUID=gone', fs_file: '/srv', mount_by: 'device' },
    pending: { comment: '/srv entry will be removed from /etc/fstab.', changes: { persist: 'removed' } },
    applied: { comment: '/srv entry removed from /etc/fstab.' },
  },
  {
    title: 'leaves the entry of another device',
    before,
    arguments: { name: '/dev/sdc1', fs_file: '/srv' },
    ok: '/srv entry is already missing in /etc/fstab.',
  },
  {
    title: 'has nothing to do without the entry',
    before,
    arguments: { name: 'x', fs_file: '/x' },
    ok: '/x entry is already missing in /etc/fstab.',
  },
]);
