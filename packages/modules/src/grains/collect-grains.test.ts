import { silentLogger, toValue, type Dict, type Value, type LogData } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import type { GrainDeclaration } from '../kit/define-grain.ts';
import type { Machine } from '../kit/machine.ts';
import { collectGrains } from './collect-grains.ts';
import { grainTable } from './table.ts';

const machine: Machine = {
  uname: () => ({ kernel: 'Linux', nodename: 'web1', release: '6.1.0', version: '#1 SMP', architecture: 'x86_64' }),
  interfaces: () => [
    {
      name: 'lo',
      hardwareAddress: '00:00:00:00:00:00',
      addresses: [{ family: 4, address: '127.0.0.1', netmask: '255.0.0.0', prefixLength: 8 }],
    },
    {
      name: 'eth0',
      hardwareAddress: '52:54:00:12:34:56',
      addresses: [
        { family: 4, address: '10.0.0.12', netmask: '255.255.255.0', prefixLength: 24 },
        { family: 6, address: 'fe80::1', netmask: 'ffff:ffff:ffff:ffff::', prefixLength: 64 },
      ],
    },
  ],
  resolve: async () => [],
  reverse: async (address) => (address === '10.0.0.12' ? 'web1.lan' : undefined),
  environment: () => ({ PATH: '/usr/bin:/bin', LANG: 'de_DE.UTF-8' }),
  process: () => ({ id: 42, workingDirectory: '/' }),
  timeZone: () => 'CET',
};

const files = {
  '/etc/hosts': '127.0.0.1 localhost\n10.0.0.12 web1.example.com web1\n',
  '/etc/machine-id': 'abc123\n',
  '/etc/os-release': 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\nPRETTY_NAME=x\n',
  '/etc/resolv.conf': 'search lan example.com\nnameserver 10.0.0.1 # first\nnameserver fd00::1\noptions ndots:2\n',
  '/proc/meminfo': 'MemTotal:        2048000 kB\nSwapTotal:             0 kB\n',
  '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: EPYC\nflags\t\t: fpu sse\n\nprocessor\t: 1\nmodel name\t: EPYC\n',
  '/proc/cmdline': 'quiet root=/dev/vda1 x="a b"\n',
  '/proc/net/route':
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n',
  '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
  '/sys/class/dmi/id/product_name': 'Standard PC\n',
};

async function collect(names?: readonly string[], additional: readonly GrainDeclaration[] = []) {
  const warnings: [string, LogData | undefined][] = [];
  const grains = await collectGrains({
    host: createFakeHost({ files }),
    machine,
    log: { ...silentLogger, warn: (message, facts) => void warnings.push([message, facts]) },
    options: toValue({ id: 'web1', master: 'salt.lan' }) as Dict,
    signal: new AbortController().signal,
    timeoutMilliseconds: 5000,
    ...(names === undefined ? {} : { names }),
    additional,
  });
  return { grains: Object.fromEntries(grains) as Record<string, Value>, warnings };
}

describe('collectGrains', () => {
  it('tells distribution, names, addresses and hardware from files', async () => {
    const { grains, warnings } = await collect();
    expect(warnings).toEqual([]);
    const expected = {
      os: 'Debian',
      os_family: 'Debian',
      osfinger: 'Debian-12',
      osarch: 'amd64',
      lsb_distrib_codename: 'bookworm',
      fqdn: 'web1.example.com',
      host: 'web1',
      domain: 'example.com',
      fqdn_ip4: ['10.0.0.12'],
      fqdn_ip6: [],
      fqdns: ['web1', 'web1.example.com'],
      ipv4: ['10.0.0.12', '127.0.0.1'],
      ipv6: ['fe80::1'],
      ip4_gw: '10.0.0.1',
      ip6_gw: false,
      ip_gw: true,
      num_cpus: 2,
      cpu_model: 'EPYC',
      cpu_flags: ['fpu', 'sse'],
      mem_total: 2000,
      swap_total: 0,
      virtual: 'kvm',
      manufacturer: 'QEMU',
      machine_id: 'abc123',
      master: 'salt.lan',
      saltversion: '3006.9',
      saltversioninfo: [3006, 9],
      server_id: 221_723_012,
      kernelparams: [
        ['quiet', null],
        ['root', '/dev/vda1'],
        ['x', 'a b'],
      ],
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, grains[name]]))).toEqual(expected);
    expect(grains['dns']).toEqual(
      toValue({
        nameservers: ['10.0.0.1', 'fd00::1'],
        ip4_nameservers: ['10.0.0.1'],
        ip6_nameservers: ['fd00::1'],
        sortlist: [],
        domain: '',
        search: ['lan', 'example.com'],
        options: ['ndots:2'],
      }),
    );
    expect(grains['locale_info']).toEqual(
      toValue({ defaultlanguage: 'de_DE', defaultencoding: 'UTF-8', detectedencoding: 'utf-8', timezone: 'CET' }),
    );
    expect(grains['ip4_interfaces']).toEqual(toValue({ eth0: ['10.0.0.12'], lo: ['127.0.0.1'] }));
  });

  it('runs the named collectors only', async () => {
    expect(Object.keys((await collect(['memory'])).grains)).toEqual(['mem_total', 'swap_total']);
  });

  it('loses only the grains of a collector that fails', async () => {
    const broken: GrainDeclaration = {
      name: 'broken',
      summary: 'Fails.',
      grains: { never: 'Never there.' },
      collect: () => Promise.reject(new Error('no such device')),
    };
    const { grains, warnings } = await collect(['memory', 'broken'], [broken]);
    expect(grains).toEqual({ mem_total: 2000, swap_total: 0 });
    expect(warnings).toEqual([['grain collector failed', { collector: 'broken', error: new Error('no such device') }]]);
  });

  it('does not wait for a collector that hangs', async () => {
    const hanging: GrainDeclaration = {
      name: 'hanging',
      summary: 'Hangs.',
      grains: { never: 'Never there.' },
      collect: () => new Promise(() => {}),
    };
    const grains = await collectGrains({
      host: createFakeHost({ files }),
      machine,
      log: silentLogger,
      options: new Map(),
      signal: new AbortController().signal,
      timeoutMilliseconds: 1,
      names: ['hanging'],
      additional: [hanging],
    });
    expect([...grains]).toEqual([]);
  });

  it('documents every grain a collector sets, each by one collector', async () => {
    const { grains } = await collect();
    const documented = grainTable.flatMap((declaration) => Object.keys(declaration.grains));
    expect(documented).toEqual([...new Set(documented)]);
    expect(Object.keys(grains).filter((name) => !documented.includes(name))).toEqual([]);
  });
});
