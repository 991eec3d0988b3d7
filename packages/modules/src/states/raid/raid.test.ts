/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState } from '@brine/testkit';
import { expect } from 'vitest';
import { blockDevices, fakeMdadm } from '../../../test-support/fake-mdadm.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';

const debian = { grains: { os_family: 'Debian', os: 'Debian' } };
const before = {
  programs: { mdadm: fakeMdadm, 'update-initramfs': () => 'update-initramfs: Generating /boot/initrd.img\n' },
  files: {
    ...blockDevices('/dev/md0', '/dev/sda', '/dev/sdb', '/dev/sdc', '/dev/sdd', '/dev/sde', '/dev/sdf', '/dev/bad'),
    '/etc/mdadm/mdadm.conf': 'HOMEHOST <system>\nARRAY /dev/md1 UUID=old\n',
  },
  facts: {
    raid: {
      arrays: { '/dev/md0': { uuid: '1:1:1:1', devices: ['/dev/sda', '/dev/sdb'] } },
      superblocks: { '/dev/sda': '1:1:1:1', '/dev/sdb': '1:1:1:1', '/dev/sde': '2:2:2:2' },
    },
  },
};
const made = { device: '/dev/md1', metadata: '1.2', name: 'box:0' };

describeState(present, [
  {
    title: 'makes an array, with a place that is free, and saves the configuration',
    before,
    surroundings: debian,
    arguments: { name: '/dev/md1', level: 5, devices: ['/dev/sdc', '/dev/sdd', 'missing'], chunk: 256, run: true },
    pending: {
      comment:
        'Raid will be created with: mdadm -C /dev/md1 -R -v -l 5 --chunk 256 --run -e default -n 3 /dev/sdc /dev/sdd ' +
        "missing Missing devices: ['missing']",
      changes: { device: '/dev/md1' },
    },
    applied: {
      comment: "Raid /dev/md1 created. Missing devices: ['missing']",
      changes: { ...made, uuid: 'aaaa:bbbb:cccc:dddd' },
    },
    after: {
      '/etc/mdadm/mdadm.conf':
        'HOMEHOST <system>\nARRAY /dev/md1 metadata=1.2 name=box:0 UUID=aaaa:bbbb:cccc:dddd\n' +
        'ARRAY /dev/md0 metadata=1.2 name=box:0 UUID=1:1:1:1\n',
    },
    verify: (host) => {
      expect(host.started.map(({ command }) => command)).toEqual([
        [
          'mdadm',
          '-C',
          '/dev/md1',
          '-R',
          '-v',
          '-l',
          '5',
          '--chunk',
          '256',
          '--run',
          '-e',
          'default',
          '-n',
          '3',
        ].concat(['/dev/sdc', '/dev/sdd', 'missing']),
        ['update-initramfs', '-u'],
      ]);
    },
  },
  {
    title: 'makes one with spares on a machine without a configuration',
    before: { ...before, files: blockDevices('/dev/sdc', '/dev/sdd') },
    surroundings: { grains: { os_family: 'RedHat', os: 'CentOS' } },
    arguments: {
      ...{ name: '/dev/md1', level: 'raid1', devices: ['/dev/sdc', '/dev/sdd'] },
      ...{ 'spare-devices': 1, metadata: '1.0' },
    },
    pending: {
      comment:
        'Raid will be created with: mdadm -C /dev/md1 -R -v -l raid1 --spare-devices 1 -e 1.0 -n 1 /dev/sdc /dev/sdd',
      changes: { device: '/dev/md1' },
    },
    applied: { comment: 'Raid /dev/md1 created.', changes: { ...made, uuid: 'aaaa:bbbb:cccc:dddd' } },
    after: {
      '/etc/mdadm.conf':
        'ARRAY /dev/md0 metadata=1.2 name=box:0 UUID=1:1:1:1\n' +
        'ARRAY /dev/md1 metadata=1.2 name=box:0 UUID=aaaa:bbbb:cccc:dddd\n',
    },
  },
  {
    title: 'puts an array together again without what is for making one, and adds a new device',
    before,
    surroundings: { grains: { os_family: 'Debian', os: 'Ubuntu' } },
    arguments: { name: '/dev/md1', level: 1, devices: ['/dev/sde', '/dev/sdf'], chunk: 256, run: true },
    pending: {
      comment:
        "Raid will be assembled with: ['mdadm', '-A', '/dev/md1', '-v', '--run', '/dev/sde'] " +
        "New devices will be added: ['/dev/sdf']",
      changes: { device: '/dev/md1', added: ['/dev/sdf'] },
    },
    applied: {
      comment: 'Raid /dev/md1 assembled. Added new device /dev/sdf to /dev/md1.\n',
      changes: { ...made, uuid: '2:2:2:2', added: ['/dev/sdf'] },
    },
    after: {
      '/etc/mdadm/mdadm.conf': 'HOMEHOST <system>\nARRAY /dev/md1 UUID=2:2:2:2\nARRAY /dev/md0 UUID=1:1:1:1\n',
    },
  },
  {
    title: 'adds a new device to an array that runs',
    before,
    arguments: { name: '/dev/md0', level: 1, devices: ['/dev/sda', '/dev/sdb', '/dev/sdc', '/dev/gone'] },
    pending: {
      comment: "Raid /dev/md0 already present. New devices will be added: ['/dev/sdc'] Missing devices: ['/dev/gone']",
      changes: { added: ['/dev/sdc'] },
    },
    applied: {
      comment: "Raid /dev/md0 already present. Added new device /dev/sdc to /dev/md0.\n Missing devices: ['/dev/gone']",
    },
  },
  {
    title: 'says which device could not be added',
    before,
    arguments: { name: '/dev/md0', level: 1, devices: ['/dev/sda', '/dev/bad'] },
    pending: {
      comment: "Raid /dev/md0 already present. New devices will be added: ['/dev/bad']",
      changes: { added: ['/dev/bad'] },
    },
    applied: {
      comment: 'Raid /dev/md0 already present. Unable to add /dev/bad to /dev/md0.\n',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'says when an array could not be made',
    before,
    arguments: { name: '/dev/md1', level: 1, devices: ['/dev/bad'] },
    pending: {
      comment: 'Raid will be created with: mdadm -C /dev/md1 -R -v -l 1 -e default -n 1 /dev/bad',
      changes: { device: '/dev/md1' },
    },
    applied: { comment: 'Raid /dev/md1 failed to be created.', changes: {}, failed: true },
  },
  {
    title: 'leaves an array that runs',
    before,
    arguments: { name: '/dev/md0', level: 1, devices: ['/dev/sda', '/dev/sdb'] },
    ok: 'Raid /dev/md0 already present.',
  },
  {
    title: 'does not mix arrays',
    before,
    arguments: { name: '/dev/md1', level: 1, devices: ['/dev/sde', '/dev/sda'] },
    fails: "Devices are a mix of RAID constituents with multiple MD_UUIDs: ['1:1:1:1', '2:2:2:2'].",
  },
  {
    title: 'does not take devices of another array',
    before,
    arguments: { name: '/dev/md0', level: 1, devices: ['/dev/sde'] },
    fails: 'Devices MD_UUIDs: 2:2:2:2 differs from present RAID uuid 1:1:1:1.',
  },
  {
    title: 'makes none of nothing',
    before,
    arguments: { name: '/dev/md1', level: 1, devices: ['missing', '/dev/gone'] },
    fails: "All devices are missing: ['missing', '/dev/gone'].",
  },
  {
    title: 'refuses what is no path',
    before,
    arguments: { name: '/dev/md1', level: 1, devices: ['--force'] },
    fails: '--force is not the path of a device',
  },
  {
    title: 'refuses an option that hides another',
    before,
    arguments: { name: '/dev/md1', level: 1, devices: ['/dev/sdc'], chunk: '--assume-clean' },
    fails: 'chunk: --assume-clean is no option of mdadm',
  },
]);

describeState(absent, [
  {
    title: 'destroys an array, wipes its devices and forgets it',
    before: {
      ...before,
      files: { ...before.files, '/etc/mdadm/mdadm.conf': 'ARRAY /dev/md0 UUID=1:1:1:1\nARRAY /dev/md01 UUID=x\n' },
    },
    surroundings: debian,
    arguments: { name: '/dev/md0' },
    pending: { comment: 'Raid /dev/md0 is set to be destroyed', changes: {} },
    applied: { comment: 'Raid /dev/md0 has been destroyed' },
    after: { '/etc/mdadm/mdadm.conf': 'ARRAY /dev/md01 UUID=x\n' },
    verify: (host) => {
      expect(host.facts.get('raid')).toEqual({ arrays: {}, superblocks: { '/dev/sde': '2:2:2:2' } });
    },
  },
  {
    title: 'says when it could not be destroyed',
    before: { ...before, files: {} },
    arguments: { name: '/dev/md0' },
    pending: { comment: 'Raid /dev/md0 is set to be destroyed', changes: {} },
    applied: { comment: 'Raid /dev/md0 failed to be destroyed', failed: true },
  },
  { title: 'finds none', before, arguments: { name: '/dev/md7' }, ok: 'Raid /dev/md7 already absent' },
]);
