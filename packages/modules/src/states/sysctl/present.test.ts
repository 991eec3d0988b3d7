import { describeState, type FakeProgram } from '@brine/testkit';
import { present } from './present.ts';

const sysctl: FakeProgram = async ([, setting = ''], machine) => {
  const [name = '', value = ''] = setting.split('=');
  await machine.files.write(`/proc/sys/${name.replaceAll('.', '/')}`, Buffer.from(`${value}\n`));
  return '';
};
const before = {
  files: { '/proc/sys/vm/swappiness': '60\n', '/etc/sysctl.d/99-salt.conf': '# ours\nvm.swappiness=60\n' },
  programs: { sysctl },
};

describeState(present, [
  {
    title: 'sets a parameter now and for the next boot',
    before,
    arguments: { name: 'vm.swappiness', value: 10 },
    pending: { comment: 'Sysctl option vm.swappiness set to be changed to 10', changes: { 'vm.swappiness': '10' } },
    applied: { comment: 'Updated sysctl value vm.swappiness = 10' },
    after: { '/proc/sys/vm/swappiness': '10\n', '/etc/sysctl.d/99-salt.conf': '# ours\nvm.swappiness = 10\n' },
  },
  {
    title: 'writes down what is so by chance',
    before: { files: { '/proc/sys/net/ipv4/tcp_rmem': '4096\t131072\t6291456\n' }, programs: { sysctl } },
    arguments: { name: 'net.ipv4.tcp_rmem', value: '4096 131072  6291456', config: '/etc/sysctl.d/tcp.conf' },
    pending: {
      comment: 'Sysctl option net.ipv4.tcp_rmem set to be changed to 4096 131072  6291456',
      changes: { 'net.ipv4.tcp_rmem': '4096 131072 6291456' },
    },
    applied: { comment: 'Updated sysctl value net.ipv4.tcp_rmem = 4096 131072  6291456' },
    after: { '/etc/sysctl.d/tcp.conf': 'net.ipv4.tcp_rmem = 4096 131072 6291456\n' },
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
