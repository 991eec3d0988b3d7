import { describeState, type FakeProgram } from '@brine/testkit';
import { tuned } from './tuned.ts';

const blockdev: FakeProgram = ([option = '', ...args], machine) => {
  const settings = machine.facts.get('sdb') as Record<string, string>;
  const kind = option.slice(5);
  if (option.startsWith('--get')) return `${settings[kind] ?? ''}\n`;
  const isAccess = kind === 'ro' || kind === 'rw';
  const set = isAccess ? { ro: kind === 'ro' ? '1' : '0' } : { [kind]: args[0] ?? '' };
  machine.facts.set('sdb', { ...settings, ...set });
  return '';
};
const before = {
  files: { '/dev/sdb': { device: 'block-device' } as const, '/dev/x': '' },
  programs: { blockdev },
  facts: { sdb: { ra: '256', fra: '256', ro: '0' } },
};

describeState(tuned, [
  {
    title: 'changes what differs',
    before,
    arguments: { name: '/dev/sdb', 'read-ahead': 1024, 'filesystem-read-ahead': 256, 'read-only': true },
    pending: {
      comment: 'Changes to /dev/sdb will be applied ',
      changes: { 'read-ahead': 'Changed from 256 to 1024', 'read-only': 'Changed from False to True' },
    },
    applied: { comment: 'Block device /dev/sdb successfully modified ' },
  },
  {
    title: 'has nothing to do for a device that is so',
    before,
    arguments: { name: '/dev/sdb', 'read-write': true },
    ok: 'Block device /dev/sdb already in correct state',
  },
  {
    title: 'refuses what is no block device',
    before,
    arguments: { name: '/dev/x', 'read-ahead': 1 },
    fails: 'Changes to /dev/x cannot be applied. Not a block device. ',
  },
]);
