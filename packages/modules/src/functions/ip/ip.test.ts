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
