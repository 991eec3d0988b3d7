import { toValue, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost, type FakeProgram } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../test-support/scratch-context.ts';

function caller(host: FakeHost, grains: Plain = {}) {
  return async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    (await callScratch(name, { positional, keyword, host, grains })).value;
}

async function textOf(host: FakeHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

/** `crontab`, keeping tables among the facts of the machine. */
const crontab: FakeProgram = (args, machine, request) => {
  const user = args[1] ?? '';
  if (args[2] !== '-l') machine.facts.set(user, String(request.input));
  const table = machine.facts.get(user);
  return typeof table === 'string' ? table : { exitCode: 1, stderr: `no crontab for ${user}` };
};

describe('cron', () => {
  const marked = '# Lines below here are managed by Salt, do not edit\n';

  it('adds, changes, lists and removes jobs of a crontab', async () => {
    const host = createFakeHost({ programs: { crontab }, facts: { root: '0 1 * * * /own\n' } });
    const call = caller(host);
    const job = ['root', '5', '*', '*', '*', '1', '/usr/local/weekly'];
    expect(await call('cron.set_job', job, { comment: 'each week' })).toBe('new');
    expect(await call('cron.set_job', job)).toBe('present');
    expect(await call('cron.set_job', job.with(1, '10'), { identifier: 'weekly' })).toBe('updated');
    expect(await call('cron.set_special', ['root', '@daily', 'date'])).toBe('new');
    expect(await call('cron.set_env', ['root', 'MAILTO', 'ops'])).toBe('new');
    expect(await call('cron.raw_cron', ['root'])).toBe(
      `0 1 * * * /own\n${marked}MAILTO=ops\n# each week SALT_CRON_IDENTIFIER:weekly\n10 * * * 1 /usr/local/weekly\n@daily date\n`,
    );
    const weekly = {
      ...{ minute: '10', hour: '*', daymonth: '*', month: '*', dayweek: '1' },
      ...{ identifier: 'weekly', cmd: '/usr/local/weekly', comment: 'each week', commented: false },
    };
    expect(await call('cron.ls', ['root'])).toEqual(
      toValue({
        pre: ['0 1 * * * /own'],
        crons: [weekly],
        special: [{ spec: '@daily', identifier: null, cmd: 'date', comment: null, commented: false }],
        env: [{ name: 'MAILTO', value: 'ops' }],
      }),
    );
    expect(await call('cron.get_entry', ['root', 'weekly'])).toEqual(toValue(weekly));
    expect(await call('cron.get_entry', ['root'], { cmd: 'nope' })).toBe(false);
    expect(await call('cron.rm', ['root', '/usr/local/weekly'], { identifier: 'weekly', minute: 11 })).toBe('absent');
    expect(await call('cron.rm', ['root', '/usr/local/weekly'], { identifier: 'weekly' })).toBe('removed');
    expect(await call('cron.rm_special', ['root', 'date'])).toBe('removed');
    expect(await call('cron.rm_env', ['root', 'MAILTO'])).toBe('removed');
    expect(await call('cron.rm_env', ['root', 'MAILTO'])).toBe('absent');
    expect(host.facts.get('root')).toBe('0 1 * * * /own\n# Lines below here are managed by Salt, do not edit\n');
  });

  it('tells what crontab complains about, and no comment where only an identifier stands', async () => {
    const refusing: FakeProgram = (args, machine, request) =>
      args.includes('-l')
        ? crontab(args, machine, request)
        : { exitCode: 1, stderr: `"-":3: bad minute\nerrors in crontab file, can't install.\n` };
    const table = '# Lines below here are managed by Salt, do not edit\n# SALT_CRON_IDENTIFIER:one\n1 2 * * * date\n';
    const host = createFakeHost({ programs: { crontab: refusing }, facts: { root: table } });
    const refused = await callScratch('cron.set_job', { host, positional: ['root', 'x', '*', '*', '*', '*', 'date'] });
    expect(refused).toEqual({ value: `"-":3: bad minute\nerrors in crontab file, can't install.`, retcode: 1 });
    const entry = await caller(host)('cron.get_entry', ['root', 'one']);
    expect(entry).toEqual(
      toValue({
        ...{ minute: '1', hour: '2', daymonth: '*', month: '*', dayweek: '*' },
        ...{ cmd: 'date', identifier: 'one', comment: '', commented: false },
      }),
    );
  });

  it('chooses a random time once and keeps it', async () => {
    const host = createFakeHost({ programs: { crontab } });
    const call = caller(host);
    expect(await call('cron.set_job', ['root', 'random', '2:4', '*', '*', '*', 'date'])).toBe('new');
    expect(host.facts.get('root')).toMatch(/\n[1-5]?\d [234] \* \* \* date\n$/);
    expect(await call('cron.set_job', ['root', 'random', '2:4', '*', '*', '*', 'date'])).toBe('present');
  });
});

describe('mounts', () => {
  const mounts = 'proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw,uid=root 0 0\n/dev/sdb1 /srv/my\\040data xfs ro 0 0\n';
  const host = (): FakeHost =>
    createFakeHost({
      files: {
        '/proc/self/mounts': mounts,
        '/proc/self/mountinfo': '26 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro\n',
        '/proc/swaps': 'Filename Type Size Used Priority\n/swapfile file 4096 0 -2\n',
        '/etc/fstab': '# table\n/dev/sda1 / ext4 defaults 0 1\nnone /run/a tmpfs size=1m\n',
        '/srv/my data/deep/file': 'x',
        '/dev/sda1': '',
        '/dev/disk/by-uuid/AB-12': { link: '/dev/sda1' },
      },
      programs: {
        mount: (args) => (args.includes('/dev/none') ? { exitCode: 32, stderr: 'mount: no such device\n' } : ''),
        umount: () => '',
      },
    });

  it('tells what is mounted, where from and in which table', async () => {
    const call = caller(host());
    expect(await call('mount.active')).toEqual(
      toValue({
        '/proc': { device: 'proc', alt_device: 'proc', fstype: 'proc', opts: ['rw'] },
        '/': { device: '/dev/sda1', alt_device: '/dev/sda1', fstype: 'ext4', opts: ['rw', 'uid=0'] },
        '/srv/my data': { device: '/dev/sdb1', alt_device: '/dev/sdb1', fstype: 'xfs', opts: ['ro'] },
      }),
    );
    expect(await call('mount.active', [], { extended: true })).toEqual(
      toValue({
        '/': {
          ...{ mountid: '26', parentid: '1', major: '8', minor: '1', root: '/', opts: ['rw', 'relatime'] },
          ...{ fstype: 'ext4', device: '/dev/sda1', alt_device: '/dev/sda1', superopts: ['rw', 'errors=remount-ro'] },
          ...{ device_uuid: 'ab-12', device_label: null },
        },
      }),
    );
    expect(await call('mount.get_mount_from_path', ['/srv/my data/deep/file'])).toBe('/srv/my data');
    expect(await call('mount.get_device_from_path', ['/etc/fstab'])).toBe('/dev/sda1');
    expect(await call('mount.is_mounted', ['/srv'])).toBe(false);
    expect(await call('mount.swaps')).toEqual(
      toValue({ '/swapfile': { type: 'file', size: '4096', used: '0', priority: '-2' } }),
    );
    expect(await call('mount.fstab')).toEqual(
      toValue({
        '/': { device: '/dev/sda1', fstype: 'ext4', opts: ['defaults'], dump: '0', pass: '1' },
        '/run/a': { device: 'none', fstype: 'tmpfs', opts: ['size=1m'], dump: '0', pass: '0' },
      }),
    );
  });

  it('mounts, unmounts, and tells what the programs complain about', async () => {
    const machine = host();
    const call = caller(machine);
    expect(
      await call('mount.mount', ['/mnt/a', '/dev/sdc1'], { mkmnt: true, fstype: 'ext4', opts: 'ro,noatime' }),
    ).toBe(true);
    expect(await call('mount.mount', ['/mnt/a', '/dev/none'])).toBe('mount: no such device');
    expect(await call('mount.remount', ['/', '/dev/sda1'])).toBe(true);
    expect(await call('mount.umount', ['/mnt/b'])).toBe('/mnt/b does not have anything mounted');
    expect(await call('mount.umount', ['/srv/my data'])).toBe(true);
    expect(machine.started.map(({ command }) => command)).toEqual([
      ['mount', '-o', 'ro,noatime', '-t', 'ext4', '--', '/dev/sdc1', '/mnt/a'],
      ['mount', '-o', 'defaults', '--', '/dev/none', '/mnt/a'],
      ['mount', '-o', 'defaults,remount', '--', '/dev/sda1', '/'],
      ['umount', '--', '/srv/my data'],
    ]);
    expect((await machine.files.stat('/mnt/a'))?.kind).toBe('directory');
  });

  it('adds, changes, keeps and removes entries of the table', async () => {
    const machine = host();
    const call = caller(machine);
    expect(await call('mount.set_fstab', ['/mnt/a', '/dev/sdc1', 'ext4'], { test: true })).toBe('new');
    expect(await call('mount.set_fstab', ['/mnt/a', '/dev/sdc1', 'ext4'])).toBe('new');
    expect(await call('mount.set_fstab', ['/mnt/a', '/dev/sdc1', 'ext4'], { opts: 'ro' })).toBe('change');
    expect(await call('mount.set_fstab', ['/mnt/a', '/dev/sdc1', 'xfs'], { not_change: true })).toBe('present');
    await expect(call('mount.set_fstab', ['/a', '/b', 'c'], { match_on: ['color'] })).rejects.toThrow(
      'Unrecognized keys in match_on: "color"',
    );
    expect(await call('mount.rm_fstab', ['/run/a', 'none'])).toBe(true);
    expect(await textOf(machine, '/etc/fstab')).toBe(
      '# table\n/dev/sda1 / ext4 defaults 0 1\n/dev/sdc1\t\t/mnt/a\text4\tro\t0 0\n',
    );
  });
});

describe('kernel settings and modules', () => {
  it('reads, sets and keeps settings', async () => {
    const host = createFakeHost({
      files: { '/proc/sys/net/ipv4/ip_forward': '0\n', '/proc/sys/vm/swappiness': '10\n' },
      programs: {
        sysctl: async (args, machine) => {
          const [option, rest = ''] = args;
          const [name = '', value = ''] = rest.split('=');
          const path = `/proc/sys/${name.replaceAll('.', '/')}`;
          if (option === '-n') return textOf(machine, path);
          if (value === 'bad') return { exitCode: 255, stderr: 'sysctl: setting key: Invalid argument' };
          await machine.files.write(path, Buffer.from(`${value}\n`));
          return `${name} = ${value}\n`;
        },
      },
    });
    const call = caller(host);
    expect(await call('sysctl.get', ['net.ipv4.ip_forward'])).toBe('0');
    expect(await call('sysctl.assign', ['net.ipv4.ip_forward', 1])).toEqual(toValue({ 'net.ipv4.ip_forward': '1' }));
    await expect(call('sysctl.assign', ['vm.swappiness', 'bad'])).rejects.toThrow('sysctl -w failed: sysctl: setting');
    await expect(call('sysctl.assign', ['vm.nope', 1])).rejects.toThrow('sysctl vm.nope does not exist');
    expect(await call('sysctl.persist', ['vm.swappiness', 20])).toBe('Updated');
    expect(await call('sysctl.persist', ['vm.swappiness', 20])).toBe('Already set');
    expect(await call('sysctl.show', [], { config_file: '/etc/sysctl.conf' })).toEqual(
      toValue({ 'vm.swappiness': '20' }),
    );
  });

  it('lists, loads and unloads modules', async () => {
    const dummy = 'dummy 16384 0 - Live 0x0\n';
    const start = 'br_netfilter 32768 0 - Live 0x0\nbridge 311296 1 br_netfilter, Live 0x0\n';
    const host = createFakeHost({
      files: {
        '/proc/modules': start,
        '/lib/modules/6.1/modules.dep': 'kernel/drivers/net/dummy.ko.xz:\nkernel/net/bridge/br-netfilter.ko: x.ko\n',
        '/lib/modules/6.1/modules.builtin': 'kernel/fs/ext4/ext4.ko\n',
        '/etc/modules': '# at boot\n',
        '/etc/modules-load.d': { directory: true },
      },
      programs: {
        modprobe: async (args, machine) => {
          if (args.at(-1) !== 'dummy') return { exitCode: 1, stderr: 'modprobe: FATAL: Module nope not found' };
          await machine.files.write('/proc/modules', Buffer.from(start + dummy));
          return '';
        },
        rmmod: async (_args, machine) => {
          await machine.files.write('/proc/modules', Buffer.from(start));
          return '';
        },
      },
    });
    const call = caller(host, { kernelrelease: '6.1' });
    expect(await call('kmod.lsmod')).toEqual(
      toValue([
        { size: '32768', module: 'br_netfilter', depcount: '0', deps: [] },
        { size: '311296', module: 'bridge', depcount: '1', deps: ['br_netfilter'] },
      ]),
    );
    expect(await call('kmod.available')).toEqual(['br_netfilter', 'dummy', 'ext4']);
    expect(await call('kmod.load', ['dummy'], { persist: true })).toEqual(['dummy']);
    expect(await call('kmod.is_loaded', ['dummy'])).toBe(true);
    expect(await call('kmod.mod_list', [true])).toEqual(['dummy']);
    expect(await call('kmod.remove', ['dummy'], { persist: true })).toEqual(['dummy']);
    expect(await textOf(host, '/etc/modules')).toBe('# at boot\n# dummy\n');
    const withSystemd = caller(host, { kernelrelease: '6.1', systemd: { version: '252' } });
    expect(await withSystemd('kmod.load', ['dummy'], { persist: true })).toEqual(['dummy']);
    expect(await textOf(host, '/etc/modules-load.d/salt_managed.conf')).toBe('dummy\n');
    expect(await withSystemd('kmod.mod_list', [true])).toEqual(['dummy']);
    expect(await call('kmod.load', ['nope'])).toBe('Error loading module nope: modprobe: FATAL: Module nope not found');
  });
});

describe('disks', () => {
  it('reads what df, blkid and blockdev tell', async () => {
    const host = createFakeHost({
      programs: {
        df: (args) =>
          args.includes('-iP')
            ? 'Filesystem Inodes IUsed IFree IUse% Mounted on\n/dev/sda1 100 40 60 40% /\n'
            : 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 1000 250 750 25% /\n//nas/my share 10 0 10 0% /mnt/my nas\n',
        blkid: () => '/dev/sda1: UUID="ab-12" TYPE="ext4" PARTUUID="x-01"\n',
        lsblk: () => 'ext4\n',
      },
    });
    const call = caller(host);
    expect(await call('disk.usage')).toEqual(
      toValue({
        '/': { filesystem: '/dev/sda1', '1K-blocks': '1000', used: '250', available: '750', capacity: '25%' },
        '/mnt/my nas': { filesystem: '//nas/my share', '1K-blocks': '10', used: '0', available: '10', capacity: '0%' },
      }),
    );
    expect(await call('disk.inodeusage')).toEqual(
      toValue({ '/': { inodes: '100', used: '40', free: '60', use: '40%', filesystem: '/dev/sda1' } }),
    );
    expect(await call('disk.percent', ['/'])).toBe('25%');
    expect(await call('disk.percent', ['/nope'])).toEqual(toValue({}));
    expect(await call('disk.blkid')).toEqual(
      toValue({ '/dev/sda1': { UUID: 'ab-12', TYPE: 'ext4', PARTUUID: 'x-01' } }),
    );
    expect(await call('disk.fstype', ['/dev/sda1'])).toBe('ext4');
    await expect(call('disk.usage', ['-rf'])).rejects.toThrow('letters out of');
  });
});

describe('settings of the system', () => {
  it('reads, sets and removes mail aliases', async () => {
    const host = createFakeHost({ files: { '/etc/aliases': '# aliases\npostmaster: root  # mail\nops: a, b\n' } });
    const call = caller(host);
    expect(await call('aliases.list_aliases')).toEqual(toValue({ postmaster: 'root', ops: 'a, b' }));
    expect(await call('aliases.has_target', ['ops', ['a', 'b']])).toBe(true);
    expect(await call('aliases.set_target', ['postmaster', 'admin'])).toBe(true);
    expect(await call('aliases.set_target', ['www', 'root'])).toBe(true);
    expect(await call('aliases.rm_alias', ['ops'])).toBe(true);
    expect(await call('aliases.set_target', ['all', ['a@b', 'c']])).toBe(true);
    await expect(call('aliases.set_target', ['all', ['a\nroot: x']])).rejects.toThrow('must be text on one line');
    expect(await call('aliases.get_target', ['ops'])).toBe('');
    expect(await textOf(host, '/etc/aliases')).toBe('# aliases\npostmaster: admin  # mail\nwww: root\nall: a@b, c\n');
  });

  it('reads and sets the time zone and what the hardware clock runs in', async () => {
    const host = createFakeHost({
      files: {
        '/usr/share/zoneinfo/Etc/UTC': 'utc',
        '/usr/share/zoneinfo/UTC': 'utc',
        '/usr/share/zoneinfo/Europe/Oslo': 'oslo',
        '/etc/localtime': { link: '/usr/share/zoneinfo/Etc/UTC' },
        '/etc/timezone': 'Etc/UTC\n',
      },
      programs: { date: (args) => (args[0] === '+%z' ? '+0000\n' : 'UTC\n') },
    });
    const call = caller(host);
    expect(await call('timezone.get_zone')).toBe('Etc/UTC');
    expect(await call('timezone.zone_compare', ['UTC'])).toBe(true);
    expect(await call('timezone.get_offset')).toBe('+0000');
    expect(await call('timezone.set_zone', ['Mars/Base'])).toBe('Zone does not exist: /usr/share/zoneinfo/Mars/Base');
    expect(await call('timezone.set_zone', ['Europe/Oslo'])).toBe(true);
    expect(await call('timezone.get_zone')).toBe('Europe/Oslo');
    expect(await textOf(host, '/etc/timezone')).toBe('Europe/Oslo\n');
    expect(await call('timezone.set_hwclock', ['localtime'])).toBe(true);
    expect(await call('timezone.get_hwclock')).toBe('localtime');
  });

  it('reads, sets and makes locales', async () => {
    const host = createFakeHost({
      files: {
        '/etc/default/locale': '#  File\nLANG=C.UTF-8\nLC_TIME=C\n',
        '/etc/locale.gen': '# en_US.UTF-8 UTF-8\n# de_DE ISO-8859-1\n',
      },
      programs: {
        locale: (_args, machine) => `C\nC.utf8\n${machine.facts.has('made') ? 'en_US.utf8\n' : ''}`,
        'locale-gen': (_args, machine) => {
          machine.facts.set('made', true);
          return '';
        },
      },
    });
    const call = caller(host);
    expect(await call('locale.get_locale')).toBe('C.UTF-8');
    expect(await call('locale.avail', ['C.UTF-8'])).toBe(true);
    expect(await call('locale.avail', ['en_US.UTF-8'])).toBe(false);
    expect(await call('locale.gen_locale', ['en_US.UTF-8'])).toBe(true);
    expect(await textOf(host, '/etc/locale.gen')).toBe('en_US.UTF-8 UTF-8\n# de_DE ISO-8859-1\n');
    expect(await call('locale.list_avail')).toEqual(['C', 'C.utf8', 'en_US.utf8']);
    expect(await call('locale.gen_locale', ['xx_XX.UTF-8'])).toBe(false);
    expect(await call('locale.set_locale', ['en_US.UTF-8'])).toBe(true);
    expect(await textOf(host, '/etc/default/locale')).toBe('#  File\nLANG=en_US.UTF-8\nLC_TIME=C\n');
  });

  it('shows and changes alternatives', async () => {
    const query =
      'Name: editor\nLink: /usr/bin/editor\nStatus: auto\nBest: /bin/nano\nValue: /bin/nano\n\nAlternative: /bin/nano\nPriority: 40\n';
    const host = createFakeHost({
      files: { '/etc/alternatives/editor': { link: '/bin/nano' } },
      programs: {
        'update-alternatives': (args) => {
          if (args[0] === '--query') return args[1] === 'editor' ? query : { exitCode: 2, stderr: 'no alternatives' };
          return args[0] === '--set' ? { exitCode: 2, stderr: 'not registered\n' } : 'done\n';
        },
      },
    });
    const call = caller(host);
    expect(await call('alternatives.show_current', ['editor'])).toBe('/bin/nano');
    expect(await call('alternatives.show_current', ['pager'])).toBe(false);
    expect(await call('alternatives.show_link', ['editor'])).toBe('/usr/bin/editor');
    expect(await call('alternatives.check_exists', ['editor', '/bin/nano'])).toBe(true);
    expect(await call('alternatives.check_installed', ['editor', '/bin/vi'])).toBe(false);
    expect(await call('alternatives.set', ['editor', '/bin/vi'])).toBe('not registered');
    expect(await call('alternatives.auto', ['editor'])).toBe('done');
    await expect(call('alternatives.auto', ['--all'])).rejects.toThrow('must be the name of alternatives');
  });
});
