/* oxlint-disable vitest/no-standalone-expect -- `verify` runs inside the cases of describeState */
import { describeState, type FakeProgram } from '@brine/testkit';
import { expect } from 'vitest';
import { managed } from './managed.ts';

// As coreutils 9 and policycoreutils 3 print and take them; what a file has is a fact of the machine.
const labelOf = (facts: ReadonlyMap<string, unknown>): string => facts.get('label') as string;
const stat: FakeProgram = (_, { facts }) =>
  labelOf(facts) === '?'
    ? { stdout: '?\n', stderr: "stat: failed to get security context of '/etc/a': No data available\n", exitCode: 1 }
    : `${labelOf(facts)}\n`;
const chcon: FakeProgram = (args, { facts }) => {
  if (facts.get('policy') === undefined) return { exitCode: 1, stderr: 'chcon: not in the policy yet\n' };
  const now = /^([^:]+):([^:]+):([^:]+):(.+)$/.exec(labelOf(facts))?.slice(1) ?? [];
  const wanted = ['-u', '-r', '-t', '-l'].map((option) =>
    args.includes(option) ? args[args.indexOf(option) + 1] : undefined,
  );
  facts.set('label', wanted.map((part, index) => part ?? now[index]).join(':'));
  return '';
};
const semanage: FakeProgram = (args, { facts }) => {
  facts.set('policy', args.join(' '));
  return '';
};
const programs = { stat, chcon, semanage };
const files = { '/etc/a.conf': 'x\n' };
const label = 'system_u:object_r:etc_t:s0:c0.c1023';
const note = 'Note: No changes made, actual changes may\nbe different due to other states.';

describeState(managed, [
  {
    title: 'sets the SELinux type of a file, and puts it into the policy for exactly that path',
    before: { files, programs, facts: { label } },
    arguments: { name: '/etc/a.conf', contents: 'x', selinux: { setype: 'net_conf_t' } },
    pending: {
      comment: `The file /etc/a.conf is set to be changed\n${note}`,
      changes: { selinux: { Old: 'Type: etc_t', New: 'Type: net_conf_t' } },
    },
    applied: { comment: 'File /etc/a.conf updated' },
    verify: ({ facts }) =>
      expect(Object.fromEntries(facts)).toEqual({
        label: 'system_u:object_r:net_conf_t:s0:c0.c1023',
        policy: String.raw`fcontext --add --type net_conf_t /etc/a\.conf`,
      }),
  },
  {
    title: 'sets user and range of a file whose content is not its business',
    before: { files, programs, facts: { label } },
    arguments: {
      name: '/etc/a.conf',
      replace: false,
      selinux: { seuser: 'user_u', serange: 's0', serole: 'object_r' },
    },
    pending: {
      comment: 'File /etc/a.conf not updated',
      changes: { selinux: { Old: 'User: system_u Range: s0:c0.c1023', New: 'User: user_u Range: s0' } },
    },
    applied: { comment: 'The file /etc/a.conf is set to be changed' },
    verify: ({ facts }) =>
      expect(Object.fromEntries(facts)).toEqual({
        label: 'user_u:object_r:etc_t:s0',
        policy: String.raw`fcontext --add --type etc_t --seuser user_u --range s0 /etc/a\.conf`,
      }),
  },
  {
    title: 'knows a file that has its SELinux label',
    before: { files, programs, facts: { label } },
    arguments: { name: '/etc/a.conf', contents: 'x', selinux: { setype: 'etc_t', serange: 's0:c0.c1023' } },
    ok: 'File /etc/a.conf is in the correct state',
  },
  {
    title: 'labels a file along with its content',
    before: { files, programs, facts: { label } },
    arguments: { name: '/etc/a.conf', contents: 'y', selinux: { setype: 'net_conf_t' } },
    pending: {
      comment: `The file /etc/a.conf is set to be changed\n${note}`,
      changes: {
        diff: '--- \n+++ \n@@ -1 +1 @@\n-x\n+y\n',
        selinux: { Old: 'Type: etc_t', New: 'Type: net_conf_t' },
      },
    },
    applied: { comment: 'File /etc/a.conf updated' },
    after: { '/etc/a.conf': 'y\n' },
  },
  {
    title: 'labels a new file',
    before: { files: { '/etc': { directory: true } }, programs, facts: { label } },
    arguments: { name: '/etc/b', contents: 'x', selinux: { setype: 'net_conf_t' } },
    pending: { comment: `The file /etc/b is set to be changed\n${note}`, changes: { newfile: '/etc/b' } },
    applied: {
      comment: 'The file /etc/b is set to be changed',
      changes: { diff: 'New file', selinux: { Old: 'Type: etc_t', New: 'Type: net_conf_t' } },
    },
    after: { '/etc/b': 'x\n' },
  },
  {
    title: 'writes nothing where there are no SELinux labels',
    before: { files: { '/etc': { directory: true } }, programs, facts: { label: '?' } },
    arguments: { name: '/etc/a', contents: 'x', selinux: { setype: 'etc_t' } },
    fails: 'Failed to get selinux attributes',
  },
  {
    title: 'says what semanage complained about',
    before: {
      files,
      programs: { ...programs, semanage: () => ({ exitCode: 1, stderr: 'ValueError: Type no_t is invalid\n' }) },
      facts: { label },
    },
    arguments: { name: '/etc/a.conf', contents: 'x', selinux: { setype: 'no_t' } },
    pending: {
      comment: `The file /etc/a.conf is set to be changed\n${note}`,
      changes: { selinux: { Old: 'Type: etc_t', New: 'Type: no_t' } },
    },
    applied: {
      comment: 'Failed to set selinux attributes: semanage ended with status 1: ValueError: Type no_t is invalid',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'takes empty SELinux settings for none',
    before: { files },
    arguments: { name: '/etc/a.conf', contents: 'x', selinux: {} },
    ok: 'File /etc/a.conf is in the correct state',
  },
]);
