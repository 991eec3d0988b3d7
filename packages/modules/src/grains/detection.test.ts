import { silentLogger } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { lvm } from './hardware.ts';
import { defaultGateway6 } from './interfaces.ts';
import { createLocalMachine } from './local-machine.ts';
import { readLocale } from './process.ts';
import { init } from './system.ts';
import { virtual } from './virtual.ts';

function context(files: Readonly<Record<string, string>>) {
  const host = createFakeHost({ files });
  const signal = new AbortController().signal;
  return { host, machine: createLocalMachine(), log: silentLogger, signal, options: new Map() };
}

describe('the virtual grain', () => {
  it.each([
    ['a plain machine', {}, 'physical', undefined],
    ['a KVM guest', { '/sys/class/dmi/id/bios_vendor': 'SeaBIOS' }, 'kvm', undefined],
    ['a VMware guest', { '/sys/class/dmi/id/sys_vendor': 'VMware, Inc.' }, 'VMware', undefined],
    ['a VirtualBox guest', { '/sys/class/dmi/id/product_name': 'VirtualBox' }, 'VirtualBox', undefined],
    [
      'an EC2 instance',
      { '/sys/class/dmi/id/sys_vendor': 'Amazon EC2', '/sys/class/dmi/id/product_name': 't3.micro' },
      'Nitro',
      'Amazon EC2 (t3.micro)',
    ],
    ['a Xen host', { '/proc/xen/capabilities': 'control_d' }, 'xen', 'Xen Dom0'],
    ['a Docker container', { '/.dockerenv': '' }, 'container', 'Docker'],
    ['an LXC container', { '/proc/1/environ': 'HOME=/\0container=lxc\0' }, 'container', 'LXC'],
    ['a Podman container', { '/run/.containerenv': '' }, 'container', 'Podman'],
  ])('tells %s', async (_title, files, kind, subtype) => {
    expect(await virtual.collect(context(files))).toEqual({ virtual: kind, virtual_subtype: subtype });
  });
});

describe('the lvm grain', () => {
  const lvmProgram = ([what]: readonly string[]): string =>
    what === 'vgs' ? '  vg0\n  vg1\n' : '  vg0 root\n  vg0 swap\n  other x\n';
  const installed = (): ReturnType<typeof context> => ({
    ...context({}),
    host: createFakeHost({ programs: { lvm: lvmProgram } }),
  });

  it('tells groups with their volumes', async () => {
    expect(await lvm.collect(installed())).toEqual({ lvm: { vg0: ['root', 'swap'], vg1: [] } });
  });

  it('is empty where there is no group, and absent without LVM or where it is switched off', async () => {
    const none = { ...installed(), host: createFakeHost({ programs: { lvm: () => '' } }) };
    expect(await lvm.collect(none)).toEqual({ lvm: {} });
    expect(await lvm.collect(context({}))).toEqual({});
    expect(await lvm.collect({ ...installed(), options: new Map([['enable_lvm_grains', false]]) })).toEqual({});
  });
});

describe('the init grain', () => {
  // What /proc/1/cmdline is on machines of each kind; the programs are those that are installed there.
  it.each([
    ['systemd', { files: { '/run/systemd/system/x': '', '/proc/1/cmdline': '/sbin/init\0splash\0' } }, 'systemd'],
    [
      'sysvinit on Debian',
      { files: { '/proc/1/cmdline': 'init [2]\0\0\0', '/usr/bin/init': 'ELF SysVinit 3' } },
      'sysvinit',
    ],
    [
      'Upstart on CentOS 6',
      { files: { '/proc/1/cmdline': '/sbin/init\0', '/sbin/init': 'ELF upstart sysvinit' } },
      'upstart',
    ],
    [
      'systemd in a container without it',
      { files: { '/proc/1/cmdline': '/sbin/init\0', '/sbin/init': 'ELF systemd' } },
      'systemd',
    ],
    [
      'OpenRC on sysvinit (Gentoo)',
      { files: { '/proc/1/cmdline': 'init [3]\0', '/usr/bin/init': 'ELF sysvinit' } },
      'sysvinit',
    ],
    [
      'OpenRC on BusyBox (Alpine)',
      { files: { '/proc/1/cmdline': '/sbin/init\0', '/sbin/init': 'ELF BusyBox v1.36' } },
      'unknown',
    ],
    ['openrc-init (Artix)', { files: { '/proc/1/cmdline': '/sbin/openrc-init\0' } }, 'unknown'],
    ['s6 (Artix)', { files: { '/proc/1/cmdline': 's6-svscan\0-d4\0--\0/run/service\0' } }, 'unknown'],
    [
      's6-overlay',
      { files: { '/proc/1/cmdline': '/package/admin/s6/command/s6-svscan\0-d4\0--\0/run/service\0' } },
      'unknown',
    ],
    ['runit (Void)', { files: { '/proc/1/cmdline': 'runit\0' } }, 'runit'],
    ['runit with arguments', { files: { '/proc/1/cmdline': 'runit\x002\0' } }, 'unknown'],
    ['the Phusion container', { files: { '/proc/1/cmdline': '/usr/bin/python3\0-u\0/sbin/my_init\0' } }, 'runit'],
    ['tini', { files: { '/proc/1/cmdline': '/usr/bin/tini\0--\0sh\0' } }, 'tini'],
    ['tini from elsewhere', { files: { '/proc/1/cmdline': '/opt/tini\0--\0sh\0' } }, 'unknown'],
    ['dumb-init', { files: { '/proc/1/cmdline': '/usr/bin/dumb-init\0sh\0' } }, 'dumb-init'],
    ['supervisord', { files: { '/proc/1/cmdline': '/usr/bin/python\0/usr/bin/supervisord\0-n\0' } }, 'supervisord'],
    ['another program', { files: { '/proc/1/cmdline': 'sleep\x001\0' } }, 'unknown'],
    ['nothing', { files: {} }, 'unknown'],
  ])('tells %s', async (_title, { files }, name) => {
    const programs = Object.fromEntries(installedInits.map((program) => [program, () => '']));
    const machine = { ...context({}), host: createFakeHost({ files, programs }) };
    expect(await init.collect(machine)).toEqual({ init: name });
  });
});

const installedInits = ['init', 'openrc-init', 's6-svscan', 'runit', 'tini', 'dumb-init', 'supervisord', 'sleep'];

it('reads the IPv6 gateway and leaves out the reject route', () => {
  const zeros = '0'.repeat(32);
  const gateway = 'fd000000000000000000000000000001';
  const reject = `${zeros} 00 ${zeros} 00 ${zeros} ffffffff 00000001 00000000 00200200 lo`;
  const route = `${zeros} 00 ${zeros} 00 ${gateway} 00000400 00000003 00000000 00000003 eth0`;
  expect(defaultGateway6(`${reject}\n${route}\n`)).toBe('fd00::1');
  expect(defaultGateway6(reject)).toBe(false);
});

it('reads language and encoding of a locale', () => {
  expect(['fr_FR', 'C', 'C.UTF-8', 'en_GB.utf8'].map(readLocale)).toEqual([
    { defaultlanguage: 'fr_FR', defaultencoding: 'ISO8859-1' },
    { defaultlanguage: null, defaultencoding: null },
    { defaultlanguage: 'en_US', defaultencoding: 'UTF-8' },
    { defaultlanguage: 'en_GB', defaultencoding: 'UTF-8' },
  ]);
});
