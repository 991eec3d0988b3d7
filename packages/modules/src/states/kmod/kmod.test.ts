import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const modprobe: FakeProgram = async (args, machine) => {
  const name = (args.at(-1) ?? '').replaceAll('-', '_');
  const lines = Buffer.from((await machine.files.read('/proc/modules')) ?? '')
    .toString()
    .split('\n');
  const left = lines.filter((line) => !line.startsWith(`${name} `) && line !== '');
  const all = args.includes('-r') ? left : [...left, `${name} 1 0`];
  await machine.files.write('/proc/modules', Buffer.from(all.map((line) => `${line}\n`).join('')));
  return '';
};
const before = {
  files: { '/proc/modules': 'pcspkr 1 0\n', '/etc/modules': '# boot\npcspkr\n' },
  programs: { modprobe },
};

describeState(present, [
  {
    title: 'loads a module, now and at boot',
    before,
    arguments: { name: 'br-netfilter', persist: true },
    pending: { comment: 'Kernel module br-netfilter is set to be loaded', changes: { 'br-netfilter': 'loaded' } },
    applied: { comment: 'Loaded kernel module br-netfilter' },
    after: { '/etc/modules': '# boot\npcspkr\nbr-netfilter\n', '/proc/modules': 'pcspkr 1 0\nbr_netfilter 1 0\n' },
  },
  {
    title: 'knows a module that is loaded',
    before,
    arguments: { name: 'pcspkr' },
    ok: 'Kernel module pcspkr is already present',
  },
]);
describeState(absent, [
  {
    title: 'unloads a module and comments it out',
    before,
    arguments: { name: 'pcspkr', persist: true },
    pending: { comment: 'Kernel module pcspkr is set to be removed', changes: { pcspkr: 'removed' } },
    applied: { comment: 'Removed kernel module pcspkr' },
    after: { '/etc/modules': '# boot\n#pcspkr\n', '/proc/modules': '' },
  },
  {
    title: 'refuses an option for a name',
    arguments: { name: '--all' },
    fails: 'The name --all cannot be that of a kernel module',
  },
]);
