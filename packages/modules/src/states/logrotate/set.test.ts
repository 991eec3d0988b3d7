import { describeState } from '@brine/testkit';
import { set } from './set.ts';

const before = {
  files: {
    '/etc/logrotate.conf': '# see man\nweekly\nrotate 4\ninclude /etc/logrotate.d\n\n/var/log/wtmp {\n    monthly\n}\n',
    '/etc/logrotate.d/app':
      '/var/log/app.log\n"/var/log/b.log"\n{\n  rotate 3\n  postrotate\n    kill -HUP 1\n  endscript\n}\n',
  },
};

describeState(set, [
  {
    title: 'changes a directive of all logs',
    before,
    arguments: { name: 'x', key: 'rotate', value: 10 },
    pending: { comment: "Command 'rotate' will be set to value: 10", changes: { old: 4, new: 10 } },
    applied: { comment: "Set command 'rotate' value: 10" },
    after: {
      '/etc/logrotate.conf':
        '# see man\nweekly\nrotate 10\ninclude /etc/logrotate.d\n\n/var/log/wtmp {\n    monthly\n}\n',
    },
  },
  {
    title: 'adds a directive without a value at the top',
    before,
    arguments: { name: 'x', key: 'compress', value: true },
    pending: { comment: "Command 'compress' will be set to value: True", changes: { old: false, new: true } },
    applied: { comment: "Set command 'compress' value: True" },
    after: {
      '/etc/logrotate.conf':
        'compress\n# see man\nweekly\nrotate 4\ninclude /etc/logrotate.d\n\n/var/log/wtmp {\n    monthly\n}\n',
    },
  },
  {
    title: 'knows a value',
    before,
    arguments: { name: 'x', key: 'rotate', value: 4 },
    ok: "Command 'rotate' already has value: 4",
  },
  {
    title: 'changes a log in a file that is included and leaves its scripts alone',
    before,
    arguments: { name: 'x', key: '/var/log/b.log', value: 'rotate', setting: 5 },
    pending: {
      comment: "Block '/var/log/b.log' command 'rotate' will be set to value: 5",
      changes: { old: 3, new: 5 },
    },
    applied: { comment: "Set block '/var/log/b.log' command 'rotate' value: 5" },
    after: {
      '/etc/logrotate.d/app':
        '/var/log/app.log\n"/var/log/b.log"\n{\n  rotate 5\n  postrotate\n    kill -HUP 1\n  endscript\n}\n',
    },
  },
  {
    title: 'adds a log',
    before,
    arguments: { name: 'x', key: '/var/log/new', value: 'missingok', setting: true },
    pending: {
      comment: "Block '/var/log/new' command 'missingok' will be set to value: True",
      changes: { old: false, new: true },
    },
    applied: { comment: "Set block '/var/log/new' command 'missingok' value: True" },
    after: {
      '/etc/logrotate.conf':
        '# see man\nweekly\nrotate 4\ninclude /etc/logrotate.d\n\n/var/log/wtmp {\n    monthly\n}\n/var/log/new {\n    missingok\n}\n',
    },
  },
  {
    title: 'removes a directive of a log',
    before,
    arguments: { name: 'x', key: '/var/log/wtmp', value: 'monthly', setting: false },
    pending: {
      comment: "Block '/var/log/wtmp' command 'monthly' will be set to value: False",
      changes: { old: true, new: false },
    },
    applied: { comment: "Set block '/var/log/wtmp' command 'monthly' value: False" },
  },
  {
    title: 'refuses braces',
    before,
    arguments: { name: 'x', key: 'a', value: '1 }' },
    fails: 'A directive stands on one line and has no braces',
  },
]);
