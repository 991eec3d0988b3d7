import { describeState } from '@brine/testkit';
import { absent } from './absent.ts';
import { only } from './only.ts';
import { present } from './present.ts';

const before = { files: { '/etc/hosts': '127.0.0.1\tlocalhost\n10.0.0.5 db cache # lan\n' } };

describeState(present, [
  {
    title: 'adds a name to the line of its address, with a comment',
    before,
    arguments: { name: 'web', ip: ['10.0.0.5', 'fe80::1%eth0'], comment: 'two' },
    pending: {
      comment:
        'Host web (10.0.0.5) would be added\nHost web (fe80::1%eth0) would be added\nComment for 10.0.0.5 (two) would be added\nComment for fe80::1%eth0 (two) would be added',
      changes: {
        added: { '10.0.0.5': ['web'], 'fe80::1%eth0': ['web'] },
        comment_added: { '10.0.0.5': ['two'], 'fe80::1%eth0': ['two'] },
      },
    },
    applied: {
      comment:
        'Added host web (10.0.0.5)\nAdded host web (fe80::1%eth0)\nSet comment for host 10.0.0.5 (two)\nSet comment for host fe80::1%eth0 (two)',
    },
    after: {
      '/etc/hosts': '127.0.0.1\t\tlocalhost\n10.0.0.5\t\tdb cache web\t\t# two\nfe80::1%eth0\t\tweb\t\t# two\n',
    },
  },
  {
    title: 'knows a name that is there',
    before,
    arguments: { name: 'db', ip: '10.0.0.5' },
    ok: 'Host db (10.0.0.5) already present',
  },
  {
    title: 'tells of what is there first, but not where only the comment is new',
    before,
    arguments: { name: 'db', ip: ['10.0.0.6', '10.0.0.5'] },
    pending: {
      comment: 'Host db (10.0.0.5) already present\nHost db (10.0.0.6) would be added',
      changes: { added: { '10.0.0.6': ['db'] } },
    },
    applied: { comment: 'Host db (10.0.0.5) already present\nAdded host db (10.0.0.6)' },
    after: { '/etc/hosts': '127.0.0.1\t\tlocalhost\n10.0.0.5\t\tdb cache\t\t# lan\n10.0.0.6\t\tdb\n' },
  },
  {
    title: 'changes nothing but the comment of a name that is there',
    before,
    arguments: { name: 'db', ip: '10.0.0.5', comment: 'wan' },
    pending: {
      comment: 'Comment for 10.0.0.5 (wan) would be added',
      changes: { comment_added: { '10.0.0.5': ['wan'] } },
    },
    applied: { comment: 'Set comment for host 10.0.0.5 (wan)' },
  },
  {
    title: 'refuses two names in one',
    arguments: { name: 'a b', ip: '10.0.0.5' },
    fails: 'The name a b cannot be that of a host',
  },
]);
describeState(absent, [
  {
    title: 'takes a name, and the line with its last one',
    before,
    arguments: { name: 'localhost', ip: ['127.0.0.1', '10.0.0.5'] },
    pending: {
      comment: 'Host localhost (127.0.0.1) needs to be removed\nHost localhost (10.0.0.5) already absent',
      changes: { host: 'localhost' },
    },
    applied: { comment: 'Removed host localhost (127.0.0.1)\nHost localhost (10.0.0.5) already absent' },
    after: { '/etc/hosts': '10.0.0.5 db cache # lan\n' },
  },
]);
describeState(only, [
  {
    title: 'replaces the names of an address',
    before,
    arguments: { name: '10.0.0.5', hostnames: ['db1', 'db'] },
    pending: {
      comment: 'Would change 10.0.0.5 from "db cache" to "db1 db"',
      changes: { '10.0.0.5': { old: 'db cache', new: 'db1 db' } },
    },
    applied: { comment: 'successfully changed 10.0.0.5 from "db cache" to "db1 db"' },
    after: { '/etc/hosts': '127.0.0.1\tlocalhost\n10.0.0.5\t\tdb1 db\n' },
  },
  {
    title: 'knows names that are so',
    before,
    arguments: { name: '127.0.0.1', hostnames: 'localhost' },
    ok: 'IP address 127.0.0.1 already set to "localhost"',
  },
  {
    title: 'takes an address away that is to have no names',
    before,
    arguments: { name: '10.0.0.5', hostnames: [] },
    pending: {
      comment: 'Would change 10.0.0.5 from "db cache" to ""',
      changes: { '10.0.0.5': { old: 'db cache', new: '' } },
    },
    applied: { comment: 'successfully changed 10.0.0.5 from "db cache" to ""' },
    after: { '/etc/hosts': '127.0.0.1\tlocalhost\n' },
  },
]);
