import { describeState, type FakeProgram } from '@brine/testkit';
import { present } from './present.ts';

const sysctl: FakeProgram = async ([, setting = ''], machine) => {
  const [name = '', value = ''] = setting.split('=');
  await machine.files.write(`/proc/sys/${name.replaceAll('.', '/')}`, Buffer.from(`${value}\n`));
  return '';
};
const before = {
  files: { '/proc/sys/vm/swappiness': '60\n', '/etc/sysctl.conf': '# ours\nvm.swappiness=60\n' },
  programs: { sysctl },
};

describeState(present, [
  {
    title: 'sets a parameter now and for the next boot',
    before,
    arguments: { name: 'vm.swappiness', value: 10 },
    pending: { comment: 'Sysctl option vm.swappiness would be changed to 10', changes: { 'vm.swappiness': 10 } },
    applied: { comment: 'Updated sysctl value vm.swappiness = 10' },
    after: { '/proc/sys/vm/swappiness': '10\n', '/etc/sysctl.conf': '# ours\nvm.swappiness = 10\n' },
  },
  {
    title: 'fails when the kernel takes no such value, though sysctl ends well',
    before: {
      ...before,
      programs: { sysctl: () => ({ exitCode: 0, stderr: 'sysctl: setting key "vm.swappiness": Invalid argument\n' }) },
    },
    arguments: { name: 'vm.swappiness', value: 999 },
    pending: { comment: 'Sysctl option vm.swappiness would be changed to 999', changes: { 'vm.swappiness': 999 } },
    applied: {
      comment: 'Failed to set vm.swappiness to 999: sysctl: setting key "vm.swappiness": Invalid argument',
      changes: {},
      failed: true,
    },
    after: { '/etc/sysctl.conf': '# ours\nvm.swappiness = 999\n' },
  },
  {
    title: 'writes down what is so by chance',
    before: { files: { '/proc/sys/net/ipv4/tcp_rmem': '4096\t131072\t6291456\n' }, programs: { sysctl } },
    arguments: { name: 'net.ipv4.tcp_rmem', value: '4096 131072  6291456', config: '/etc/sysctl.d/tcp.conf' },
    pending: {
      comment:
        'Sysctl value is currently set on the running system but not in a config file. Sysctl option net.ipv4.tcp_rmem set to be changed to 4096 131072  6291456 in config file.',
      changes: { 'net.ipv4.tcp_rmem': '4096 131072  6291456' },
    },
    applied: { comment: 'Updated sysctl value net.ipv4.tcp_rmem = 4096 131072  6291456' },
    after: {
      '/etc/sysctl.d/tcp.conf': '#\n# Kernel sysctl configuration\n#\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n',
    },
  },
  {
    title: 'writes to the file that systemd reads, where systemd runs',
    before: { files: { '/proc/sys/vm/swappiness': '60\n', '/run/systemd/system/x': '' }, programs: { sysctl } },
    arguments: { name: 'vm.swappiness', value: 10 },
    pending: { comment: 'Sysctl option vm.swappiness set to be changed to 10', changes: { 'vm.swappiness': 10 } },
    applied: { comment: 'Updated sysctl value vm.swappiness = 10' },
    after: {
      '/proc/sys/vm/swappiness': '10\n',
      '/etc/sysctl.d/99-salt.conf': '#\n# Kernel sysctl configuration\n#\nvm.swappiness = 10\n',
      '/run/systemd/system/x': '',
    },
  },
  {
    title: 'fails on a parameter that the kernel does not have, however often',
    before: { files: { '/etc/sysctl.conf': 'a.b = 1\n' } },
    arguments: { name: 'a.b', value: 1 },
    pending: { comment: 'Sysctl option a.b would be changed to 1', changes: { 'a.b': 1 } },
    applied: { comment: 'Failed to set a.b to 1: sysctl a.b does not exist', changes: {}, failed: true },
  },
  {
    title: 'knows what is set',
    before,
    arguments: { name: 'vm.swappiness', value: '60' },
    ok: 'Sysctl value vm.swappiness = 60 is already set',
  },
  {
    title: 'refuses a path',
    arguments: { name: '../../etc/passwd', value: '1' },
    fails: 'The name ../../etc/passwd cannot be that of a kernel parameter',
  },
]);
