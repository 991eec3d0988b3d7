/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState, type FakeHost } from '@brine/testkit';
import { expect } from 'vitest';
import { fakePdbedit, sambaAccounts } from '../../../test-support/fake-pdbedit.ts';
import { ntHash } from '../../providers/samba/accounts.ts';
import { absent } from './absent.ts';
import { managed } from './managed.ts';
import { present } from './present.ts';

const hidden = { old: 'XXX-REDACTED-XXX', new: 'XXX-REDACTED-XXX' };

const before = {
  programs: { pdbedit: fakePdbedit },
  files: { '/tmp': { directory: true as const } },
  passwd: ['kaylee:x:1000:1000::/home/kaylee:/bin/sh', 'mal:x:1001:1001::/home/mal:/bin/sh'],
  facts: {
    samba: sambaAccounts({
      mal: {
        password: 'serenity',
        'Account Flags': '[NU         ]',
        'User SID': 'S-1-5-21-1-2-3-1777',
        'Full Name': 'Malcolm',
        'Profile Path': '\\\\BOX\\p',
      },
      jayne: { 'Account Flags': '[UX         ]', 'Bad password count': '3', 'Logon hours': '0'.repeat(42) },
      fenced: { password: 'x', Workstations: 'A,B' },
    }),
  },
};

function account(host: FakeHost, login: string): Readonly<Record<string, string>> | undefined {
  return (host.facts.get('samba') as Readonly<Record<string, Readonly<Record<string, string>>>>)[login];
}

/** No hash and no password on a command line; nothing left behind. */
function expectSecrecy(host: FakeHost, ...secrets: readonly string[]): void {
  const lines = JSON.stringify(host.started.map(({ command }) => command));
  for (const secret of secrets) expect(lines).not.toContain(secret);
  expect(JSON.stringify(host.snapshot())).not.toContain('__brine');
}

describeState(managed, [
  {
    title: 'makes an account with a password, and then gives it its attributes',
    before,
    arguments: { name: 'kaylee', password: 'shiny', drive: 'X:', homedir: '\\\\serenity\\k', account_control: 'nx' },
    pending: { comment: 'account kaylee is set to be created', changes: { kaylee: 'created' } },
    verify: (host) => {
      expect(account(host, 'kaylee')).toMatchObject({
        ...{ 'NT hash': ntHash('shiny'), 'HomeDir Drive': 'X:', 'Home Directory': '\\\\serenity\\k' },
        ...{ 'Account Flags': '[NUX        ]', 'User SID': 'S-1-5-21-1-2-3-1000' },
      });
      expectSecrecy(host, 'shiny', ntHash('shiny'));
    },
  },
  {
    title: 'makes an account with an NT hash, which no command line has',
    before,
    arguments: { name: 'kaylee', password: ntHash('shiny').toLowerCase(), password_hashed: true, fullname: 'Kaylee' },
    pending: { comment: 'account kaylee is set to be created', changes: { kaylee: 'created' } },
    verify: (host) => {
      expect(account(host, 'kaylee')).toMatchObject({
        ...{ 'NT hash': ntHash('shiny'), 'Full Name': 'Kaylee', 'User SID': 'S-1-5-21-1-2-3-1000' },
      });
      expectSecrecy(host, ntHash('shiny'), ntHash('shiny').toLowerCase());
    },
  },
  {
    title: 'changes the hash of an account and keeps all else',
    before,
    arguments: { name: 'mal', password: ntHash('reavers'), password_hashed: true },
    pending: { comment: 'account mal is set to be changed', changes: { mal: { 'nt hash': hidden } } },
    applied: { comment: '' },
    verify: (host) => {
      expect(account(host, 'mal')).toMatchObject({
        ...{ 'NT hash': ntHash('reavers'), 'Account Flags': '[NU         ]', 'Full Name': 'Malcolm' },
        ...{ 'User SID': 'S-1-5-21-1-2-3-1777', 'Profile Path': '\\\\BOX\\p' },
      });
      expectSecrecy(host, ntHash('reavers'));
    },
  },
  {
    title: 'changes a password through standard input, and keeps the flag that none is needed',
    before,
    arguments: { name: 'mal', password: 'reavers' },
    pending: { comment: 'account mal is set to be changed', changes: { mal: { 'nt hash': hidden } } },
    applied: { comment: '' },
    verify: (host) => {
      expect(account(host, 'mal')).toMatchObject({
        ...{ 'NT hash': ntHash('reavers'), 'Account Flags': '[NU         ]' },
      });
      expectSecrecy(host, 'reavers', ntHash('reavers'));
    },
  },
  {
    title: 'changes what differs and forgets failed logins',
    before,
    arguments: {
      ...{ name: 'jayne', domain: 'VERA', profile: 'p', script: 's', account_desc: 'd', user_sid: 1234 },
      ...{ account_control: '[DQ]', reset_login_hours: true, reset_bad_password_count: true },
    },
    pending: {
      comment: 'account jayne is set to be changed',
      changes: {
        jayne: {
          domain: { old: 'BOX', new: 'VERA' },
          'account desc': { old: '', new: 'd' },
          'profile path': { old: '', new: 'p' },
          'logon script': { old: '', new: 's' },
          'account flags': { old: '[UX         ]', new: '[DU         ]' },
          'user sid': { old: 'S-1-5-21-1-2-3-1000', new: 'S-1-5-21-1-2-3-1234' },
          'logon hours': { old: '0'.repeat(42), new: 'F'.repeat(42) },
          'bad password count': { old: '3', new: '0' },
        },
      },
    },
    applied: { comment: '' },
  },
  {
    title: 'leaves an account that is as described',
    before,
    arguments: {
      ...{ name: 'mal', password: 'serenity', account_control: 'N', fullname: 'Malcolm', user_sid: 1777 },
      ...{ reset_login_hours: true, reset_bad_password_count: true, machine_sid: 'S-1-5' },
    },
    ok: '',
  },
  { title: 'makes none without a password', before, arguments: { name: 'kaylee', drive: 'X:' }, fails: 'absent' },
  {
    title: 'refuses what is no hash without showing it',
    before,
    arguments: { name: 'kaylee', password: 'shiny', password_hashed: true },
    fails: 'password is no NT hash, which has 32 hexadecimal digits',
  },
  {
    title: 'refuses what is no SID',
    before,
    arguments: { name: 'mal', user_sid: '-x' },
    fails: '-x is neither a SID nor a RID',
  },
  {
    title: 'says what Samba complained about',
    before,
    arguments: { name: 'stranger', password: 'x' },
    pending: { comment: 'account stranger is set to be created', changes: { stranger: 'created' } },
    applied: {
      comment: 'pdbedit ended with status 255: Failed to add entry for user stranger.',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'loses nothing that a hash cannot be set without',
    before: { ...before, passwd: ['fenced:x:1002:1002::/home/fenced:/bin/sh'] },
    arguments: { name: 'fenced', password: ntHash('y'), password_hashed: true },
    pending: { comment: 'account fenced is set to be changed', changes: { fenced: { 'nt hash': hidden } } },
    applied: {
      comment: 'the NT hash of fenced cannot be set without losing its workstations: give the password',
      changes: {},
      failed: true,
    },
  },
]);

describeState(present, [
  {
    title: 'is another name of managed',
    before,
    arguments: { name: 'mal', fullname: 'Captain' },
    pending: {
      comment: 'account mal is set to be changed',
      changes: { mal: { 'full name': { old: 'Malcolm', new: 'Captain' } } },
    },
    applied: { comment: '' },
  },
]);

describeState(absent, [
  {
    title: 'removes an account',
    before,
    arguments: { name: 'mal' },
    pending: { comment: 'account mal is set to be deleted', changes: { mal: 'deleted' } },
    applied: { comment: '' },
    verify: (host) => expect(account(host, 'mal')).toBeUndefined(),
  },
  { title: 'finds none', before, arguments: { name: 'wash' }, ok: 'account wash is absent' },
]);
