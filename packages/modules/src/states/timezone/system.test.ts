import { describeState } from '@brine/testkit';
import { system } from './system.ts';

const files = {
  '/usr/share/zoneinfo/Europe/Paris': 'zone',
  '/usr/share/zoneinfo/Etc/UTC': 'zone',
  '/etc/localtime': { link: '/usr/share/zoneinfo/Etc/UTC' },
  '/etc/timezone': 'Etc/UTC\n',
};

describeState(system, [
  {
    title: 'points the clock to another zone and writes down its name',
    before: { files },
    arguments: { name: 'Europe/Paris' },
    pending: { comment: 'Timezone Europe/Paris needs to be set', changes: { timezone: 'Europe/Paris' } },
    applied: { comment: 'Set timezone Europe/Paris' },
    after: {
      '/etc/localtime': { link: '/usr/share/zoneinfo/Europe/Paris' },
      '/etc/timezone': 'Europe/Paris\n',
    },
  },
  {
    title: 'keeps the hardware clock in local time when asked to',
    before: { files: { ...files, '/etc/adjtime': '0.1 5 0.0\n5\nUTC\n' } },
    arguments: { name: 'Etc/UTC', utc: false },
    pending: { comment: 'Timezone Etc/UTC needs to be set', changes: { utc: false } },
    applied: { comment: 'Set timezone Etc/UTC' },
    after: { '/etc/adjtime': '0.1 5 0.0\n5\nLOCAL\n' },
  },
  {
    title: 'knows the zone that is set',
    before: { files },
    arguments: { name: 'Etc/UTC' },
    ok: 'Timezone Etc/UTC already set, UTC already set to Etc/UTC',
  },
  {
    title: 'refuses what is no zone',
    before: { files },
    arguments: { name: '../../etc/passwd' },
    fails: 'Zone does not exist: /usr/share/zoneinfo/../../etc/passwd',
  },
]);
