import { toFloat, toValue, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost, type FakeProgram } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../test-support/scratch-context.ts';

function caller(host: FakeHost) {
  return async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    (await callScratch(name, { positional, keyword, host, grains: { osarch: 'amd64', os_family: 'Debian' } })).value;
}

const ends: FakeProgram = () => '';

async function textOf(host: FakeHost, path: string): Promise<string> {
  return Buffer.from((await host.files.read(path)) ?? '').toString();
}

describe('jobs of at', () => {
  const job = { job: 7, date: '2026-11-04', time: '09:09:00', queue: 'a', user: 'root', tag: 'nightly' };
  const setup = {
    programs: {
      atq: () => '7\tWed Nov  4 09:09:00 2026 a root\n8\tThu Nov  5 10:00:00 2026 a ann\n',
      at: (args: readonly string[]) => {
        if (args[0] === '-c') return args[1] === '7' ? '#!/bin/sh\n### SALT: nightly\nls\n' : '#!/bin/sh\nls\n';
        return args[0] === '-d'
          ? ''
          : 'warning: commands will be executed using /bin/sh\njob 7 at Wed Nov  4 09:09:00 2026\n';
      },
    },
  };

  it('are listed, found by what they are, added and removed', async () => {
    const host = createFakeHost(setup);
    const call = caller(host);
    expect(await call('at.atq', ['nightly'])).toEqual(toValue({ jobs: [job] }));
    expect(await call('at.jobcheck', [], { hour: 9, month: 11 })).toEqual(toValue({ jobs: [job] }));
    expect(await call('at.jobcheck', [], { year: 25 })).toEqual(
      toValue({ jobs: [], note: 'No match jobs or time format error' }),
    );
    expect(await call('at.at', ['9:09', 'ls', '-l'], { tag: 'nightly' })).toEqual(toValue({ jobs: [job] }));
    expect(await call('at.at', ['9:09'])).toEqual(toValue({ jobs: [] }));
    expect(await call('at.at', ['-f', 'ls'])).toEqual(toValue({ jobs: [], error: 'invalid timespec' }));
    expect(await call('at.atrm', ['all', 'nightly'])).toEqual(toValue({ jobs: { removed: ['7'], tag: 'nightly' } }));
    expect(await call('at.atrm', [8, 9])).toEqual(toValue({ jobs: { removed: ['8'], tag: null } }));
    expect(host.started.map(({ command }) => command)).toEqual([
      ['at', '9:09'],
      ['at', '-d', '7'],
      ['at', '-d', '8'],
    ]);
    expect(host.started[0]?.input).toBe('### SALT: nightly\nls -l');
    await expect(call('at.at', ['9:09', 'ls'], { tag: 'two words' })).rejects.toThrow('must be a word');
  });
});

describe('what dpkg and apt are told', () => {
  it('is read and changed', async () => {
    const host = createFakeHost({
      programs: { dpkg: (args) => (args[0] === '--get-selections' ? 'a\tinstall\nb:i386\thold\n' : '') },
    });
    const call = caller(host);
    expect(await call('pkg.get_selections')).toEqual(toValue({ install: ['a'], hold: ['b:i386'] }));
    expect(await call('pkg.get_selections', [], { state: 'purge' })).toEqual(toValue({ purge: [] }));
    expect(await call('pkg.set_selections', [], { selection: '{hold: [a, "b:i386"]}' })).toEqual(
      toValue({ a: { old: 'install', new: 'hold' } }),
    );
    expect(host.started.map(({ input }) => input)).toEqual(['a hold\n']);
    await expect(call('pkg.set_selections', [], { selection: { gone: ['a'] } })).rejects.toThrow(
      'Invalid state(s): gone',
    );
    expect(await call('pkg.normalize_name', ['zsh:amd64'])).toBe('zsh');
    expect(await call('pkg.normalize_name', ['zsh:i386'])).toBe('zsh:i386');
  });

  it('shows what the lists say of packages', async () => {
    const host = createFakeHost({
      programs: {
        'apt-cache': () => 'Package: a\nVersion: 1\nSize: 5\nDescription: x\n\nPackage: a\nVersion: 2\nSize: 6\n',
      },
    });
    expect(await caller(host)('pkg.show', ['a'], { filter: 'size' })).toEqual(
      toValue({ a: { 1: { Size: '5' }, 2: { Size: '6' } } }),
    );
    await expect(caller(host)('pkg.show', ['-x'])).rejects.toThrow('cannot be the name of a package');
  });
});

describe('attributes of files', () => {
  it('are told letter by letter and changed', async () => {
    const host = createFakeHost({
      files: { '/x': '' },
      programs: { lsattr: () => '----ia--------e------- /x\nlsattr: no\n', chattr: ends },
    });
    const call = caller(host);
    expect(await call('file.lsattr', ['/x'])).toEqual(toValue({ '/x': ['i', 'a', 'e'] }));
    expect(await call('file.chattr', ['/x', '/-y'], { operator: 'add', attributes: 'ai', flags: 'R' })).toBe(true);
    expect(host.started.map(({ command }) => command)).toEqual([['chattr', '+ai', '-R', '--', '/x', '/-y']]);
    await expect(call('file.chattr', ['/x'], { operator: 'add', attributes: 'a b' })).rejects.toThrow('letters');
  });
});

describe('sockets and processors', () => {
  it('are read from /proc', async () => {
    const host = createFakeHost({
      files: {
        '/proc/net/tcp': 'head\n   0: 0100007F:1F90 0200007F:0050 01 x\n   1: 0100007F:1F90 00000000:0000 0A x\n',
        '/proc/net/tcp6':
          'head\n   0: 00000000000000000000000001000000:0016 B80D0120000000000000000001000000:0050 01 x\n',
        '/proc/stat': 'cpu  10 0 10 80 0 0 0 0 0 0\ncpu0 10 0 10 80 0 0 0 0 0 0\n',
        '/proc/diskstats': ' 254 0 vda 1 2 3 4 5 6 7 8 9 10 11\n 254 1 vda1 1 2 3 4 5 6 7 8 9 10 11\n',
        '/sys/block/vda/x': '',
      },
    });
    const call = caller(host);
    const end = (local: string, port: number, remote: string, peer: number) =>
      toValue({ local_addr: local, local_port: port, remote_addr: remote, remote_port: peer });
    expect(await call('network.active_tcp')).toEqual(
      new Map([
        [0, end('127.0.0.1', 8080, '127.0.0.2', 80)],
        [1, end('::1', 22, '2001:db8::1', 80)],
      ]),
    );
    expect(await call('ps.cpu_percent', [0])).toEqual(toFloat(0));
    expect(await call('ps.disk_io_counters')).toEqual(await call('ps.disk_io_counters', ['vda']));
    expect(await call('ps.disk_io_counters', ['sdz'])).toBe(false);
  });
});

describe('clock and description of a machine', () => {
  it('refuses what is no time and sets what is', async () => {
    const host = createFakeHost({ programs: { date: ends } });
    const call = caller(host);
    expect(await call('system.set_system_time', ['25:00'])).toBe(false);
    expect(await call('system.set_system_date_time', [2015, 5, 12, 11, 37, 53, '-0500'])).toBe(true);
    expect(host.started.map(({ command }) => command)).toEqual([['date', '--utc', '--set=@1431448673']]);
    await expect(call('system.set_system_date', ['2015-02-30'])).rejects.toThrow('Invalid date format');
    await expect(call('system.get_system_time', ['banana'])).rejects.toThrow('Invalid UTC offset');
  });

  it('keeps the other lines of machine-info', async () => {
    const host = createFakeHost({ files: { '/etc/machine-info': 'CHASSIS=vm\nPRETTY_HOSTNAME=old\n' } });
    const call = caller(host);
    expect(await call('system.get_computer_desc')).toBe('old');
    expect(await call('system.set_computer_desc', ['Ann\'s "box"\n2'])).toBe(true);
    expect(await textOf(host, '/etc/machine-info')).toBe('CHASSIS=vm\nPRETTY_HOSTNAME="Ann\'s \\"box\\"\\n2"\n');
    expect(await call('system.get_computer_desc')).toBe('Ann\'s "box"\n2');
  });
});

describe('functions that make no sense here', () => {
  it('are refused with the reason', async () => {
    await expect(caller(createFakeHost())('mount.vfstab')).rejects.toThrow(
      "'mount.vfstab' is not available: only Solaris and AIX have it.",
    );
  });
});
