import { toPlain, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost, type FakeHostSetup } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../test-support/scratch-context.ts';

async function call(host: FakeHost, name: string, ...positional: Plain[]): Promise<unknown> {
  return toPlain((await callScratch(name, { host, positional })).value);
}

const proc: FakeHostSetup = {
  files: {
    '/proc/stat':
      'cpu  10 2 3 100 5 6 7 8 9 1\ncpu0 10 2 3 100 5 6 7 8 9 1\nintr 30 10 20\nctxt 99\nbtime 1700000000\nsoftirq 3 1 2\n',
    '/proc/net/netstat': 'TcpExt: Sent Recv\nTcpExt: 1 2\nIpExt: In\nIpExt: 3\n',
    '/proc/net/dev':
      'Inter-|   Receive\n face |bytes\n    lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n  eth0: 100 2 0 1 0 0 0 0 200 4 0 2 0 0 0 0\n',
    '/proc/diskstats': '   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 12\n',
    '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: A: B\nflags\t\t: fpu vme\n\n',
    '/proc/filesystems': 'nodev\tproc\n\text4\n',
    '/proc/self/mounts': 'proc /proc proc rw 0 0\n/dev/sda1 /with\\040blank ext4 rw,noatime 0 0\n',
    '/proc/net/arp': 'IP address HW type Flags HW address Mask Device\n192.0.2.1 0x1 0x2 02:fc:00:00:00:05 * eth0\n',
    '/etc/hosts': '127.0.0.1 localhost\n# ours\n10.0.0.1 a b\n',
  },
  programs: {
    ip: () => '10.0.0.5 via 192.0.2.1 dev eth0 src 192.0.2.2 uid 0 \n    cache \n',
    getconf: () => '100\n',
    stat: () => '4096 100 40 30\n',
    ps: () => 'UID PID PPID C STIME TTY TIME CMD\nroot 7 1 0 10:00 ? 00:00:01 /bin/a b\n',
  },
};

it.each<[string, readonly Plain[], unknown]>([
  ['ps.num_cpus', [], 1],
  ['ps.boot_time', [], 1_700_000_000],
  ['ps.boot_time', ['%Y'], '2023'],
  ['ps.disk_usage', ['/'], { total: 409_600, used: 245_760, free: 122_880, percent: 66.7 }],
  ['network.iphexval', ['10.0.0.1'], '0A000001'],
  ['network.arp', [], { '02:fc:00:00:00:05': '192.0.2.1' }],
  [
    'network.get_route',
    ['10.0.0.5'],
    { destination: '10.0.0.5', gateway: '192.0.2.1', interface: 'eth0', source: '192.0.2.2' },
  ],
  ['dnsutil.parse_hosts', [], { '127.0.0.1': ['localhost'], '10.0.0.1': ['a', 'b'] }],
  ['status.netstats', [], { TcpExt: { Sent: 1, Recv: 2 }, IpExt: { In: 3 } }],
  ['status.cpuinfo', [], { processor: '0', 'model name': 'A: B', flags: ['fpu', 'vme'] }],
  ['status.procs', [], { '7': { user: 'root', cmd: '/bin/a b' } }],
  ['ps.network_io_counters', ['none'], false],
])('%s %j answers %j', async (name, positional, answer) => {
  expect(await call(createFakeHost(proc), name, ...positional)).toEqual(answer);
});

it('reads counters of processors, disks and interfaces', async () => {
  const host = createFakeHost(proc);
  expect(await call(host, 'status.cpustats')).toMatchObject({
    cpu: { idle: 100, iowait: 5, irq: 6, nice: 2, softirq: 7, steal: 8, system: 3, user: 10 },
    cpu0: 10,
    intr: { total: 30, irqs: [10, 20] },
    softirq: { total: 3, softirqs: [1, 2] },
    ctxt: 99,
  });
  expect(await call(host, 'status.diskstats')).toMatchObject({
    sda: { major: 8, reads_issued: 1, ms_spent_in_io: 10 },
  });
  expect(await call(host, 'status.netdev')).toMatchObject({ eth0: { rx_bytes: 100, tx_packets: 4, tx_drop: 2 } });
  expect(await call(host, 'ps.network_io_counters', 'eth0')).toMatchObject({
    bytes_sent: 200,
    bytes_recv: 100,
    dropin: 1,
  });
  expect(await call(host, 'ps.cpu_times')).toMatchObject({ user: 0.1, idle: 1 });
});

it('tells partitions with a device, and all when asked', async () => {
  const host = createFakeHost(proc);
  expect(await call(host, 'ps.disk_partitions')).toMatchObject([{ mountpoint: '/with blank', fstype: 'ext4' }]);
  expect(await call(host, 'ps.disk_partitions', true)).toHaveLength(2);
});

it('adds names to a hosts file and takes them off', async () => {
  const host = createFakeHost(proc);
  const added = await call(host, 'dnsutil.hosts_append', '/etc/hosts', '10.0.0.1', 'b,c');
  expect(added).toBe('The following line was added to /etc/hosts:\n10.0.0.1 c');
  await call(host, 'dnsutil.hosts_remove', '/etc/hosts', 'a,b,c');
  expect(Buffer.from((await host.files.read('/etc/hosts')) ?? '').toString()).toBe('127.0.0.1 localhost\n# ours\n');
  await expect(call(host, 'dnsutil.hosts_append', '/etc/hosts', '10.0.0.1\n6.6.6.6', 'x')).rejects.toMatchObject({
    code: 'function-arguments',
  });
});

it('reads what LVM displays, and hands over what is to be made', async () => {
  const host = createFakeHost({
    programs: {
      lvm: () => '  LVM version:     2.03.16(2) (2022-05-18)\n  Driver version:  4.48.0\n',
      vgdisplay: () => '  vg0:r/w:772:-1:0:1:0:-1:0:2:2:8372224:4096:2044:25:2019:abc-def\n',
      lvdisplay: () => '  /dev/vg0/data:vg0:3:1:-1:0:204800:25:-1:0:-1:253:0\n',
      lvcreate: () => '',
      pvcreate: () => '',
      pvdisplay: ([, device = '']) =>
        device === '/dev/sdb1' ||
        host.started.some(({ command }) => Array.isArray(command) && command.some((word) => word === device))
          ? `  ${device}:vg0:8372224:-1:8:8:-1:4096:2044:2019:25:abc\n`
          : { exitCode: 5, stderr: 'Failed to find physical volume' },
      vgextend: () => ({ exitCode: 5, stderr: '  Volume group "none" not found\n' }),
      vgremove: () => '',
    },
    files: { '/dev/sdb1': '', '/dev/sdb2': '' },
  });
  expect(await call(host, 'lvm.version')).toBe('2.03.16(2) (2022-05-18)');
  expect(await call(host, 'lvm.vgdisplay', 'vg0')).toMatchObject({
    vg0: { 'Volume Group Size (kB)': '8372224', 'Free Physical Extents': '2019', UUID: 'abc-def' },
  });
  expect(await call(host, 'lvm.lvcreate', 'data', 'vg0', '100M')).toMatchObject({
    '/dev/vg0/data': {},
    'Output from lvcreate': 'Logical volume "data" created.',
  });
  expect(await call(host, 'lvm.pvcreate', '/dev/sdb1,/dev/sdb2')).toBe(true);
  expect(await call(host, 'lvm.pvcreate', '/dev/sdb1', false)).toBe(
    'Device "/dev/sdb1" is already an LVM physical volume.',
  );
  expect(await call(host, 'lvm.pvcreate', '--force')).toBe('--force does not exist');
  expect(await call(host, 'lvm.pvremove', '/dev/sdb9,--force', false)).toBe('/dev/sdb9 is not a physical volume');
  expect(await call(host, 'lvm.pvremove', '/dev/sdb9,--force')).toBe(true);
  expect(await call(host, 'lvm.vgextend', 'none', '/dev/sdb1')).toEqual({
    'Output from vgextend': 'Volume group "none" not found',
  });
  expect(await call(host, 'lvm.vgremove', 'vg0')).toBe('Volume group "vg0" successfully removed');
  expect(await call(host, 'lvm.lvresize', '1G', '/dev/vg0/data', '5')).toEqual({});
  expect(await call(host, 'lvm.lvcreate', 'data', 'vg0')).toBe('Error: Either size or extents must be specified');
  expect(host.started.map(({ command }) => command)).toEqual([
    ['lvcreate', '-qq', '-n', 'data', '-L', '100M', 'vg0'],
    ['pvcreate', '--yes', '/dev/sdb2'],
    ['vgextend', '-qq', 'none', '/dev/sdb1'],
    ['vgremove', '--yes', 'vg0'],
  ]);
});

it('asks pip, and hands over what is to be installed', async () => {
  const listed = '[{"name": "Requests", "version": "2.31.0"}, {"name": "six", "version": "1.16"}]\n';
  const host = createFakeHost({
    programs: {
      pip3: (args) => (args[0] === 'list' ? listed : args[0] === 'freeze' ? 'six==1.16\n' : 'pip 23.0 from x\n'),
    },
  });
  expect(await call(host, 'pip.list', 're')).toEqual({ Requests: '2.31.0' });
  expect([await call(host, 'pip.is_installed', 'requests'), await call(host, 'pip.is_installed', 'si')]).toEqual([
    true,
    false,
  ]);
  expect([await call(host, 'pip.version'), await call(host, 'pip.freeze')]).toEqual(['23.0', ['six==1.16']]);
  expect(await call(host, 'pip.list_freeze_parse')).toEqual({ pip: '23.0', six: '1.16' });
  expect(await call(host, 'pip.install', 'six,requests[socks,x]>=2')).toMatchObject({ retcode: 0 });
  expect(await call(host, 'pip.install')).toEqual({ retcode: 0, stdout: 'No packages to install.' });
  await expect(call(host, 'pip.install', '--index-url=http://evil')).rejects.toMatchObject({ code: 'function-failed' });
  expect(host.started.map(({ command }) => command)).toEqual([
    ['/usr/bin/pip3', 'install', '--', 'six', 'requests[socks,x]>=2'],
  ]);
});

it('brings newer packages by pip, and tells which versions there are', async () => {
  let version = '1.16';
  const host = createFakeHost({
    programs: {
      pip3: (args) => {
        if (args[0] === 'index') return 'six (1.17)\nAvailable versions: 1.17, 1.17rc1, 1.16, 1.0b2\n';
        if (args.includes('--outdated')) return '[{"name": "six", "version": "1.16", "latest_version": "1.17"}]';
        if (args[0] === 'list') return `[{"name": "six", "version": "${version}"}]`;
        version = '1.17';
        return '';
      },
    },
  });
  expect(await call(host, 'pip.list_all_versions', 'six')).toEqual(['1.16', '1.17']);
  const changes = { six: { old: '1.16', new: '1.17' } };
  expect(await call(host, 'pip.upgrade')).toEqual({ changes, result: true, comment: '' });
  await expect(call(host, 'pip.list_all_versions', '--help')).rejects.toThrow('must be the name of a package');
});

it('reads and changes the rules of iptables', async () => {
  const saved = '*filter\n:INPUT ACCEPT [0:0]\n:OURS - [0:0]\n-A INPUT -j OURS\nCOMMIT\n';
  const host = createFakeHost({
    programs: {
      'iptables-save': () => saved,
      iptables: (args) =>
        args.includes('-C') && args.includes('DROP') ? { exitCode: 1 } : 'iptables v1.8.9 (nf_tables)\n',
    },
  });
  expect(await call(host, 'iptables.version')).toBe('v1.8.9');
  expect([
    await call(host, 'iptables.get_policy', 'filter', 'INPUT'),
    await call(host, 'iptables.get_policy', 'filter', 'OURS'),
  ]).toEqual(['ACCEPT', null]);
  expect(await call(host, 'iptables.check_chain', 'filter', 'OURS')).toBe(true);
  expect(await call(host, 'iptables.append', 'filter', 'INPUT', '-s 10.0.0.1 -j ACCEPT')).toBe(false);
  expect(await call(host, 'iptables.append', 'filter', 'INPUT', '-s 10.0.0.1 -j DROP')).toBe(true);
  expect(host.started.map(({ command }) => command)).toEqual([
    ['/usr/bin/iptables', '--wait', '-t', 'filter', '-A', 'INPUT', '-s', '10.0.0.1', '-j', 'DROP'],
  ]);
});
