import { describeState } from '@brine/testkit';
import { status } from './status.ts';

const df = (args: readonly string[]): { exitCode: number; stdout: string } =>
  args.at(-1) === '/var'
    ? {
        exitCode: 0,
        stdout:
          'Filesystem     1024-blocks    Used Available Capacity Mounted on\n/dev/vda1         1000000  800000    200000      80% /var\n',
      }
    : { exitCode: 1, stdout: '' };
const before = { programs: { df } };

describeState(status, [
  {
    title: 'is content',
    before,
    arguments: { name: '/var', maximum: '90%' },
    ok: 'Disk used space in acceptable range',
  },
  {
    title: 'tells a disk that is too full',
    before,
    arguments: { name: '/var', maximum: 75 },
    fails: 'Disk used space is above maximum of 75 % at 80 %',
  },
  {
    title: 'tells too little that is free, in kilobytes',
    before,
    arguments: { name: '/var', minimum: '300000 KB', absolute: true, free: true },
    fails: 'Disk available space is below minimum of 300000 KB at 200000 KB',
  },
  {
    title: 'refuses limits that cannot be',
    before,
    arguments: { name: '/var', minimum: 90, maximum: '10 %' },
    fails: 'minimum must be less than maximum ',
  },
  {
    title: 'refuses a share beyond all',
    before,
    arguments: { name: '/var', maximum: 101 },
    fails: 'maximum must be in the range [0, 100] ',
  },
  {
    title: 'misses a place',
    before,
    arguments: { name: '/none', maximum: 1 },
    fails: 'Disk mount /none not present. Directory /none does not exist or is not a directory',
  },
]);
