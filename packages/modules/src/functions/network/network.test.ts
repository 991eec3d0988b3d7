import { createSocket } from 'node:dgram';
import { toPlain, toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import type { Machine } from '../../kit/machine.ts';

const machine: Machine = {
  ...createLocalMachine(),
  interfaces: () => [
    {
      name: 'eth0',
      hardwareAddress: '02:00:00:00:00:01',
      addresses: [
        { family: 4, address: '192.0.2.2', netmask: '255.255.255.0', prefixLength: 24 },
        { family: 4, address: '127.5.0.1', netmask: '255.0.0.0', prefixLength: 8 },
      ],
    },
  ],
  resolve: async (name, family) => (name === 'here.test' && family === 6 ? ['::1'] : []),
};
const host = createFakeHost({
  files: {
    '/sys/class/net/eth0/flags': '0x1003\n',
    '/sys/class/net/eth0/ifindex': '4\n',
    '/sys/class/net/ifb0/flags': '0x82\n',
    '/sys/class/net/ifb0/ifindex': '2\n',
    '/sys/class/net/ifb0/address': 'e6:01:ce:0b:a8:d9\n',
    '/sys/class/net/bonding_masters': '\n',
    '/proc/net/route':
      'Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\neth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0\n',
    '/proc/net/ipv6_route': [
      `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fd${'0'.repeat(29)}1 00000400 00000002 00000000 00000003     eth0`,
      `fd${'0'.repeat(29)}2 80 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00000000 00000002 00000000 80200001     eth0`,
      `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo`,
      '',
    ].join('\n'),
  },
});
const call = async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
  (await callScratch(`network.${name}`, { host, positional, keyword, context: { machine } })).value;

it('tells of interfaces that are down, in the order of the kernel', async () => {
  expect(await call('interfaces')).toMatchObject(
    new Map<string, unknown>([
      ['ifb0', toValue({ up: false, hwaddr: 'e6:01:ce:0b:a8:d9' })],
      ['eth0', expect.anything()],
    ]),
  );
  expect(await call('hw_addr', ['ifb0'])).toBe('e6:01:ce:0b:a8:d9');
  expect(await call('hw_addr', ['none'])).toBe('Interface "none" not in available interfaces: "ifb0", "eth0"');
});

it('tells routes of both families', async () => {
  const default4 = { addr_family: 'inet', destination: '0.0.0.0', gateway: '192.0.2.1', netmask: '0.0.0.0' };
  const six = { addr_family: 'inet6', netmask: '', interface: 'eth0' };
  const default6 = { ...six, destination: '::/0', gateway: 'fd00::1', flags: 'UG' };
  const rejected = { ...six, destination: '::/0', gateway: '::', flags: '!n', interface: 'lo' };
  expect(await call('default_route')).toEqual(
    toValue([{ ...default4, flags: 'UG', interface: 'eth0' }, default6, rejected]),
  );
  expect(await call('routes', ['inet6'])).toEqual(
    toValue([default6, { ...six, destination: 'fd00::2/128', gateway: '::', flags: 'Un' }, rejected]),
  );
});

it('counts neither loopback nor what is for documentation as public', async () => {
  expect(await call('in_subnet', ['127.0.0.0/8'])).toBe(false);
  expect(await call('in_subnet', ['192.0.2.0/24'])).toBe(true);
  expect(await call('ip_addrs', [], { type: 'private' })).toEqual(['192.0.2.2']);
  expect(await call('ip_networks', [], { verbose: true })).toEqual(
    toValue({
      '192.0.2.0/24': { address: '192.0.2.0', netmask: '255.255.255.0', num_addresses: 256, prefixlen: 24 },
    }),
  );
});

it('says where it could not connect to, and what does not resolve', async () => {
  expect(await call('connect', ['here.test', 1])).toEqual(
    toValue({ result: false, comment: 'Unable to connect to here.test (::1) on tcp port 1' }),
  );
  expect(await call('connect', ['none.test', 1])).toEqual(
    toValue({ result: false, comment: 'Unable to resolve host none.test on tcp port 1' }),
  );
  await expect(call('ping', ['here.test'])).rejects.toThrow('ping was not found on this minion.');
});

describe('network.connect over UDP', () => {
  const connect = async (port: number, keyword: Readonly<Record<string, Plain>> = {}) =>
    toPlain(
      (await callScratch('network.connect', { positional: ['127.0.0.1', port], keyword: { proto: 'udp', ...keyword } }))
        .value,
    );

  it('tells whether anything comes back', async () => {
    const server = createSocket('udp4');
    server.on('message', (said, { port }) => server.send(said, port));
    await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
    const { port } = server.address();
    expect(await connect(port)).toEqual({
      result: true,
      comment: `Successfully connected to 127.0.0.1 (127.0.0.1) on udp port ${port}`,
    });
    server.removeAllListeners('message');
    const silence = { result: false, comment: `Unable to connect to 127.0.0.1 (127.0.0.1) on udp port ${port}` };
    expect(await connect(port, { timeout: 0.05 })).toEqual(silence);
    await new Promise<void>((resolve) => server.close(resolve));
    // The kernel says that nobody listens there; this would wait for an hour.
    expect(await connect(port, { timeout: 3600 })).toEqual(silence);
  });
});
