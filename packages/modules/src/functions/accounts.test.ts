import { toFloat, toValue, type Dict, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost, type FakeProgram } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../test-support/scratch-context.ts';

function caller(host: FakeHost) {
  return async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    (await callScratch(name, { positional, keyword, host })).value;
}

async function textOf(host: FakeHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

const ends: FakeProgram = () => '';

describe('groups and accounts', () => {
  const setup = {
    passwd: ['ann:x:1000:1000:Ann,,12:/home/ann:/bin/sh'],
    group: ['ann:x:1000:', 'ops:x:1001:ann'],
    programs: { groupadd: ends, groupmod: ends, groupdel: ends, gpasswd: ends, usermod: ends },
  };

  it('starts the programs that change them, and none for what is as asked', async () => {
    const host = createFakeHost(setup);
    const call = caller(host);
    expect(await call('group.add', ['web', 2000], { system: true })).toBe(true);
    expect(await call('group.chgid', ['ops', 1001])).toBe(true);
    expect(await call('group.chgid', ['ops', 1005])).toBe(true);
    expect(await call('group.chgid', ['nope', 5])).toBe(false);
    expect(await call('group.deluser', ['ops', 'bob'])).toBe(true);
    expect(await call('group.deluser', ['ops', 'ann'])).toBe(true);
    expect(await call('group.members', ['ops', 'ann,root'])).toBe(true);
    expect(await call('user.chworkphone', ['ann', '12'])).toBe(true);
    expect(await call('user.chfullname', ['ann', 'Ann B'])).toBe(true);
    expect(await call('user.rename', ['ann', 'anna'])).toBe(true);
    expect(host.started.map(({ command }) => command)).toEqual([
      ['groupadd', '-g', '2000', '-r', 'web'],
      ['groupmod', '-g', '1005', 'ops'],
      ['gpasswd', '--delete', 'ann', 'ops'],
      ['gpasswd', '--members', 'ann,root', 'ops'],
      ['usermod', '--comment', 'Ann B,,12', 'ann'],
      ['usermod', '--login', 'anna', 'ann'],
    ]);
    await expect(call('user.rename', ['ann', 'root'])).rejects.toThrow("User 'root' already exists");
    await expect(call('group.add', ['-x'])).rejects.toThrow('must be the name of a group');
  });

  it('looks into another system and changes it', async () => {
    const host = createFakeHost({
      ...setup,
      files: {
        '/mnt/etc/passwd': 'zoe:x:1500:1500:Zoe:/home/zoe:/bin/sh\n',
        '/mnt/etc/group': 'zoe:x:1500:\nwheel:x:10:zoe\n',
        '/mnt/etc/shadow': 'zoe:!:19000:0:99999:7:::\n',
      },
      programs: { ...setup.programs, chage: ends, useradd: ends },
    });
    const call = caller(host);
    const root = '/mnt';
    expect(await call('user.list_users', [], { root })).toEqual(['zoe']);
    expect(await call('group.info', ['wheel'], { root })).toEqual(
      toValue({ name: 'wheel', gid: 10, passwd: 'x', members: ['zoe'] }),
    );
    expect(((await call('user.info', ['zoe'], { root })) as Dict).get('groups')).toEqual(['wheel', 'zoe']);
    expect(await call('shadow.list_users', [], { root })).toEqual(['zoe']);
    await expect(call('user.chuid', ['ann', 5], { root })).rejects.toThrow("User 'ann' does not exist");
    await call('user.chuid', ['zoe', 5], { root });
    await call('shadow.set_maxdays', ['zoe', 5], { root });
    await call('user.add', ['new'], { root, roomnumber: '7', usergroup: false, nologinit: true });
    expect(host.started.map(({ command }) => command)).toEqual([
      ['usermod', '--root', '/mnt', '--uid', '5', 'zoe'],
      ['chage', '--root', '/mnt', '-M', '5', 'zoe'],
      ['useradd', '--comment', ',7', '--create-home', '--no-log-init', '--no-user-group', '--root', '/mnt', 'new'],
    ]);
  });

  it('sets passwords through standard input, and their ages', async () => {
    const host = createFakeHost({
      ...setup,
      files: { '/etc/shadow': 'root:*:1::::::\nann:!:19000:0:99999:7:::\n' },
      programs: {
        chage: ends,
        chpasswd: async (_args, machine, request) => {
          const [name = '', hash = ''] = String(request.input).trim().split(':');
          const lines = (await textOf(machine, '/etc/shadow')).split('\n');
          const edited = lines.map((line) => (line.startsWith(`${name}:`) ? line.replace(/:[^:]*/, `:${hash}`) : line));
          await machine.files.write('/etc/shadow', Buffer.from(edited.join('\n')));
          return '';
        },
      },
    });
    const call = caller(host);
    expect(await call('shadow.set_password', ['ann', '$6$x$y'])).toBe(true);
    expect(await call('shadow.set_password', ['nobody', '$6$x$y'])).toBe(false);
    expect(await call('shadow.set_maxdays', ['ann', 99999])).toBe(true);
    expect(await call('shadow.set_maxdays', ['ann', 90])).toBe(true);
    expect(await call('shadow.set_maxdays', ['zoe', 90])).toBe(false);
    expect(await call('shadow.unlock_password', ['ann'])).toBe(true);
    expect(await call('shadow.list_users')).toEqual(['ann', 'root']);
    expect(host.started.map(({ command }) => command)).toEqual([
      ['chpasswd', '-e'],
      ['chage', '-M', '90', 'ann'],
    ]);
  });
});

describe('ssh', () => {
  const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3';
  const fingerprint = '88:7e:f4:43:84:f8:18:64:ce:d8:ce:ee:1a:6d:30:5b:f5:7d:dc:31:7d:6e:57:a5:63:ac:8f:ef:28:3f:39:0c';
  const setup = { passwd: ['ann:x:1000:1000::/home/ann:/bin/sh'], files: { '/home/ann/.profile': '' } };

  it('lets keys log in, changes them and takes them away', async () => {
    const host = createFakeHost(setup);
    const call = caller(host);
    expect(await call('ssh.set_auth_key', ['ann', key], { enc: 'ed25519', comment: 'ann@here' })).toBe('new');
    expect(await call('ssh.set_auth_key', ['ann', key], { enc: 'ed25519', comment: 'ann@here' })).toBe('no change');
    expect(await call('ssh.check_key', ['ann', key, 'ed25519', 'other', []])).toBe('update');
    expect(await call('ssh.set_auth_key', ['ann', key], { enc: 'ed25519', options: ['no-pty'] })).toBe('replace');
    expect(await textOf(host, '/home/ann/.ssh/authorized_keys')).toBe(`no-pty ssh-ed25519 ${key}\n`);
    expect(await call('ssh.auth_keys', ['ann'])).toEqual(
      toValue({ [key]: { enc: 'ssh-ed25519', comment: '', options: ['no-pty'], fingerprint } }),
    );
    expect(await call('ssh.set_auth_key', ['ann', 'two words'])).toBe('invalid');
    expect(await call('ssh.set_auth_key', ['zoe', key])).toBe('fail');
    await expect(call('ssh.set_auth_key', ['ann', key], { enc: 'made-up' })).rejects.toThrow(
      "Incorrect encryption key type 'made-up'.",
    );
    expect(await call('ssh.rm_auth_key', ['zoe', key])).toBe('Key not present');
    expect(await call('ssh.check_key_file', ['ann', 'salt://none'])).toEqual(toValue({}));
    expect(await call('ssh.rm_auth_key', ['ann', key])).toBe('Key removed');
    expect(await call('ssh.rm_auth_key', ['ann', key])).toBe('Key not present');
  });

  it('reads and forgets the keys of hosts', async () => {
    const host = createFakeHost({
      ...setup,
      files: {
        '/home/ann/.ssh/known_hosts': `# hosts\ngit.example ssh-ed25519 ${key}\n[git.example]:22022 ssh-rsa AAAA\n`,
      },
      programs: { 'ssh-keyscan': (args) => (args.at(-1) === 'up' ? `# up\nup ssh-ed25519 ${key}\n` : '') },
    });
    const call = caller(host);
    const entry = { hostname: 'git.example', key, enc: 'ssh-ed25519', fingerprint };
    expect(await call('ssh.get_known_host_entries', ['ann', 'git.example'])).toEqual(toValue([entry]));
    expect(await call('ssh.check_known_host', ['ann', 'git.example'], { key })).toBe('exists');
    expect(await call('ssh.check_known_host', ['ann', 'git.example'], { key: 'BBBB' })).toBe('update');
    expect(await call('ssh.check_known_host', ['ann', 'new.example'])).toBe('add');
    expect(await call('ssh.recv_known_host_entries', ['up'], { enc: 'ed25519' })).toEqual(
      toValue([{ ...entry, hostname: 'up' }]),
    );
    expect(await call('ssh.recv_known_host_entries', ['down'])).toBe(null);
    expect(await call('ssh.rm_known_host', ['ann', 'git.example'])).toEqual(
      toValue({ status: 'removed', comment: 'git.example removed from /home/ann/.ssh/known_hosts' }),
    );
    expect(await textOf(host, '/home/ann/.ssh/known_hosts')).toBe('# hosts\n[git.example]:22022 ssh-rsa AAAA\n');
  });

  it('reads key files and tells which are protected', async () => {
    const encrypted = Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      Buffer.from([0, 0, 0, 10]),
      Buffer.from('aes256-ctr more'),
    ]);
    const open = Buffer.concat([
      Buffer.from('openssh-key-v1\0'),
      Buffer.from([0, 0, 0, 4]),
      Buffer.from('none and more'),
    ]);
    const pem = (body: Buffer): string =>
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const host = createFakeHost({
      ...setup,
      files: {
        '/etc/ssh/ssh_host_rsa_key': 'private\n',
        '/etc/ssh/ssh_host_rsa_key.pub': 'public\n',
        '/etc/ssh/ssh_host_rsa_key-cert.pub': 'certificate\n',
        '/home/ann/.ssh/id_rsa': pem(encrypted),
        '/home/ann/.ssh/id_ed25519': pem(open),
        '/home/ann/.ssh/id_rsa.pub': 'ssh-rsa AAAA\n',
      },
    });
    const call = caller(host);
    expect(await call('ssh.host_keys', [], { private: false, certs: false })).toEqual(toValue({ 'rsa.pub': 'public' }));
    expect(await call('ssh.user_keys', [], { prvfile: false })).toEqual(
      toValue({ ann: { 'id_rsa.pub': 'ssh-rsa AAAA' } }),
    );
    expect(await call('ssh.key_is_encrypted', ['/home/ann/.ssh/id_rsa'])).toBe(true);
    expect(await call('ssh.key_is_encrypted', ['/home/ann/.ssh/id_ed25519'])).toBe(false);
  });
});

describe('processes and memory', () => {
  it('are read from /proc', async () => {
    const host = createFakeHost({
      files: {
        '/proc/1/status': 'Name:\tinit\nState:\tS (sleeping)\nPPid:\t0\nUid:\t0\t0\t0\t0\n',
        '/proc/1/cmdline': '/sbin/init\0splash\0',
        '/proc/20/status': 'Name:\tweb app\nState:\tR (running)\nPPid:\t1\nUid:\t77\t77\t77\t77\n',
        '/proc/vmstat': 'pswpin 2\npswpout 3\n',
        '/proc/meminfo':
          'MemTotal: 1000 kB\nMemFree: 300 kB\nMemAvailable: 600 kB\nBuffers: 50 kB\nCached: 200 kB\nSReclaimable: 50 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n',
      },
      programs: { kill: ends, ps: () => 'USER PID COMMAND\nroot 1 /sbin/init\n' },
    });
    const call = caller(host);
    expect(await call('ps.get_pid_list')).toEqual([1, 20]);
    expect(await call('ps.proc_info', [1])).toEqual(
      toValue({
        pid: 1,
        ppid: 0,
        name: 'init',
        status: 'sleeping',
        username: 'root',
        cmdline: ['/sbin/init', 'splash'],
      }),
    );
    expect(await call('ps.pgrep', ['splash'], { full: true })).toEqual([1]);
    expect(await call('ps.pgrep', ['^web'], { pattern_is_regex: true, user: '77' })).toEqual([20]);
    expect(await call('ps.pgrep', ['nope'])).toBe(null);
    expect(await call('ps.pkill', ['web'], { signal: 9 })).toEqual(toValue({ killed: [20] }));
    expect(host.started.map(({ command }) => command)).toEqual([['kill', '-9', '20']]);
    expect(await call('ps.psaux', ['init'])).toEqual(['init', ['root 1 /sbin/init'], '1 occurence(s).']);
    expect(await call('ps.virtual_memory')).toEqual(
      toValue({
        ...{ total: 1_024_000, available: 614_400, percent: toFloat(40), used: 409_600, free: 307_200 },
        ...{ active: 0, inactive: 0, buffers: 51_200, cached: 256_000, shared: 0, slab: 0 },
      }),
    );
    expect(await call('ps.swap_memory')).toEqual(
      toValue({ total: 0, used: 0, free: 0, percent: toFloat(0), sin: 8192, sout: 12_288 }),
    );
    expect(await call('ps.total_physical_memory')).toBe(1_024_000);
  });
});
