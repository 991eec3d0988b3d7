import { toPlain, type Plain } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const lo = 'auto lo\niface lo inet loopback\n';
const eth7 = 'auto eth7\niface eth7 inet static\n    address 10.0.0.5\n    netmask 255.255.255.0\n';

function machine() {
  const host = createFakeHost({
    files: {
      '/etc/network/interfaces': `${lo}\n${eth7}`,
      '/etc/network/if-up.d/route-eth7': 'a\nb\n',
      '/etc/network/if-down.d/route-eth7': 'c\n',
      '/etc/modprobe.d/bond0.conf': 'options x\n',
      '/etc/default': { directory: true },
      '/etc/hostname': 'vm.example.org\n',
      '/etc/resolv.conf': 'search example.org lan\n',
    },
    programs: { ifup: () => ({ exitCode: 1, stdout: 'Unknown interface eth9\n' }), ifdown: () => '' },
  });
  const call = async (name: string, positional: readonly Plain[] = [], keyword: Readonly<Record<string, Plain>> = {}) =>
    toPlain((await callScratch(`ip.${name}`, { host, positional, keyword, grains: { os_family: 'Debian' } })).value);
  return { host, call };
}

async function textOf(host: FakeHost): Promise<string> {
  return Buffer.from((await host.files.read('/etc/network/interfaces')) ?? '').toString();
}

it('reads what there is of an interface', async () => {
  const { call } = machine();
  expect(await call('get_interface', ['eth7'])).toEqual([
    ...['auto eth7\n', 'iface eth7 inet static\n', '    address 10.0.0.5\n', '    netmask 255.255.255.0\n', '\n'],
  ]);
  expect(await call('get_interface', ['nope'])).toEqual([]);
  expect([await call('get_bond', ['bond0']), await call('get_bond', ['nope'])]).toEqual([['options x\n'], '']);
  expect(await call('get_routes', ['eth7'])).toEqual(['a\n', 'b\n', 'c\n']);
  expect(await call('get_network_settings')).toEqual(['HOSTNAME=vm\n', 'SEARCH=example.org lan\n']);
});

it('writes an interface, unless it is only to tell how', async () => {
  const { host, call } = machine();
  const settings = { proto: 'static', ipaddr: '10.0.0.6', netmask: '255.255.255.0' };
  const lines = [
    'auto eth8\n',
    'iface eth8 inet static\n',
    '    address 10.0.0.6\n',
    '    netmask 255.255.255.0\n',
    '\n',
  ];
  expect(await call('build_interface', ['eth8', 'eth', true], { ...settings, test: true })).toEqual(lines);
  expect(await textOf(host)).toBe(`${lo}\n${eth7}`);
  expect(await call('build_interface', ['eth8', 'eth', true], settings)).toEqual(lines);
  expect(await textOf(host)).toBe(`${lo}\n${eth7}\n${lines.slice(0, -1).join('')}`);
});

it('refuses what no interface can be', async () => {
  const { call } = machine();
  await expect(call('build_interface', ['eth8', 'x', true])).rejects.toThrow(
    'Invalid option -- Interface: eth8, Option: x, Expected: [eth|bond|bridge|slave|vlan]',
  );
  await expect(call('build_interface', ['eth8', 'slave', true])).rejects.toThrow('master is a required setting');
  await expect(call('build_interface', ['eth8', 'eth', true], { filename: '../x' })).rejects.toThrow(
    'leave its folder',
  );
  await expect(call('get_bond', ['../passwd'])).rejects.toThrow('must be the name of an interface');
});

it('brings interfaces up and down, but none that follow another', async () => {
  const { host, call } = machine();
  expect(await call('up', ['eth9', 'eth'])).toBe('Unknown interface eth9');
  expect([await call('down', ['eth7', 'eth']), await call('up', ['eth8', 'slave'])]).toEqual(['', null]);
  expect(host.started.map(({ command }) => command)).toEqual([
    ['ifup', 'eth9'],
    ['ifdown', 'eth7'],
  ]);
});

it('writes the routes of an interface into scripts', async () => {
  const { host, call } = machine();
  const routes = [{ name: 'office', ipaddr: '10.1.0.0', netmask: '16', gateway: '10.0.0.1' }];
  const script = (action: string): readonly string[] => [
    ...['#!/bin/sh\n', `# ${action}\n`, 'test "${IFACE}" = "eth8" || exit 0\n', '# office\n'],
    `ip route ${action} 10.1.0.0/16 via 10.0.0.1 dev eth8\n`,
  ];
  expect(await call('build_routes', ['eth8'], { routes, test: true })).toEqual([...script('add'), ...script('del')]);
  expect(await call('get_routes', ['eth8'])).toEqual([]);
  expect(await call('build_routes', ['eth8'], { routes })).toEqual([...script('add'), ...script('del')]);
  expect(await call('get_routes', ['eth8'])).toEqual([...script('add'), ...script('del')]);
  expect((await host.files.stat('/etc/network/if-up.d/route-eth8'))?.mode).toBe(0o755);
  await expect(call('build_routes', ['eth8'])).rejects.toThrow('Option: routes, Expected: [List of routes]');
});

it('writes the settings of the network as a whole', async () => {
  const { host, call } = machine();
  const resolver = async () => Buffer.from((await host.files.read('/etc/resolv.conf')) ?? '').toString();
  const settings = { enabled: true, hostname: 'web1.example.net', search: 'example.net' };
  const lines = ['NETWORKING=yes\n', 'HOSTNAME=web1\n', 'DOMAIN=example.net\n', 'SEARCH=example.net\n'];
  expect(await call('build_network_settings', [], { ...settings, test: true })).toEqual(lines);
  expect(await resolver()).toBe('search example.org lan\n');
  expect(await call('build_network_settings', [], settings)).toEqual(lines);
  expect(await resolver()).toBe('domain example.net\nsearch example.net\n');
  await expect(call('build_network_settings', [], { enabled: 'perhaps' })).rejects.toThrow('Invalid network setting');
});

it('writes the options of a bond', async () => {
  const { host, call } = machine();
  const settings = { mode: '802.3ad', lacp_rate: 'fast', 'hashing-algorithm': 'layer3+4' };
  const lines = [
    'alias bond1 bonding\n',
    'options bond1 mode=4 miimon=100 downdelay=200 updelay=0 lacp_rate=1 ad_select=0 use_carrier=1 xmit_hash_policy=layer3+4\n',
  ];
  expect(await call('build_bond', ['bond1'], { ...settings, test: true })).toEqual(lines);
  expect(await host.files.stat('/etc/modprobe.d/bond1.conf')).toBeUndefined();
  expect(await call('build_bond', ['bond1'], settings)).toEqual(lines);
  expect(await call('get_bond', ['bond1'])).toEqual(lines);
  const asking = { mode: 0, arp_ip_target: ['10.0.0.1', '10.0.0.2'] };
  expect(await call('build_bond', ['bond2'], { ...asking, test: true })).toContain(
    'options bond2 mode=0 arp_ip_target=10.0.0.1,10.0.0.2 arp_interval=250\n',
  );
  await expect(call('build_bond', ['bond1'], { mode: 7 })).rejects.toThrow('Option: mode, Expected: [0|1|2|3|4|5|6|');
  await expect(call('build_bond', ['bond1'], { mode: 0 })).rejects.toThrow('Option: arp_ip_target');
  await expect(call('build_bond', ['bond1'], { mode: 1, primary: 'a b' })).rejects.toThrow('Option: primary');
});
