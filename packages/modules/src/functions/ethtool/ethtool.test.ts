import { toPlain, type Plain } from '@brine/common';
import { createFakeHost, type FakeProgram } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

// As ethtool 6.1 answered for a card of virtio, shortened.
const told: Readonly<Record<string, string>> = {
  '-g': 'Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t512\nRX Mini:\tn/a\nRX Jumbo:\tn/a\nTX:\t\t512\nCurrent hardware settings:\nRX:\t\t256\nRX Mini:\tn/a\nRX Jumbo:\tn/a\nTX:\t\t256\nRX Buf Len:\t\tn/a\n',
  '-c': 'Coalesce parameters for eth0:\nAdaptive RX: on  TX: n/a\nstats-block-usecs: n/a\nsample-interval: n/a\n\nrx-usecs: 8\nrx-frames: 1\nCQE mode RX: n/a  TX: n/a\n',
  '-i': 'driver: virtio_net\nversion: 1.0.0\nfirmware-version: \nbus-info: 0000:00:03.0\n',
  '-k': 'Features for eth0:\nrx-checksumming: on [fixed]\nscatter-gather: on\n\ttx-scatter-gather: off\ntcp-segmentation-offload: off\n',
  '-a': 'Pause parameters for eth0:\nAutonegotiate:\ton\nRX:\t\toff\nTX:\t\toff\n',
};

function machine(device = 'eth0') {
  const ethtool: FakeProgram = ([option = '', name, ...words]) => {
    if (name !== 'eth0') return { exitCode: 76, stderr: 'netlink error: No such device\n' };
    if (words.includes('bad') || words.includes('lro')) return { exitCode: 1, stderr: 'Cannot change it\n' };
    return told[option] ?? '';
  };
  const host = createFakeHost({ programs: { ethtool } });
  const call = async (name: string, keyword: Readonly<Record<string, Plain>> = {}) =>
    toPlain((await callScratch(`ethtool.${name}`, { host, positional: [device], keyword })).value);
  return { host, call, commands: () => host.started.map(({ command }) => command) };
}

it('tells numbers, switches and the driver of an interface', async () => {
  const { call } = machine();
  expect(await call('show_ring')).toEqual({
    ...{ rx: 256, rx_max: 512, rx_mini: 0, rx_mini_max: 0, rx_jumbo: 0, rx_jumbo_max: 0, tx: 256, tx_max: 512 },
  });
  expect(await call('show_coalesce')).toEqual({
    ...{ adaptive_rx: 1, adaptive_tx: 0, stats_block_usecs: 0, sample_interval: 0, rx_usecs: 8, rx_frames: 1 },
  });
  expect(await call('show_driver')).toEqual({ driver: 'virtio_net', bus_info: '0000:00:03.0' });
  expect(await call('show_pause')).toEqual({ Autonegotiate: true, RX: false, TX: false });
  expect(await call('show_features')).toMatchObject({
    'rx-checksumming': { on: true, fixed: true },
    'tx-scatter-gather': { on: false, fixed: false },
  });
  expect(await call('show_offload')).toEqual({
    scatter_gather: 'on',
    tcp_segmentation_offload: 'off',
    udp_fragmentation_offload: 'not supported',
    generic_segmentation_offload: 'not supported',
  });
});

it('changes what is not so already', async () => {
  const { call, commands } = machine();
  await call('set_ring', { rx: 512, tx: 256 });
  await call('set_coalesce', { rx_usecs: 9 });
  await call('set_offload', { tcp_segmentation_offload: 'on' });
  expect(await call('set_feature', { sg: false, gro: 'on' })).toBe(true);
  expect(await call('set_pause', { autoneg: 'off' })).toBe(true);
  expect(commands()).toEqual([
    ['ethtool', '-G', 'eth0', 'rx', '512'],
    ['ethtool', '-C', 'eth0', 'rx-usecs', '9'],
    ['ethtool', '-K', 'eth0', 'tso', 'on'],
    ['ethtool', '-K', 'eth0', 'sg', 'off', 'gro', 'on'],
    ['ethtool', '-A', 'eth0', 'autoneg', 'off'],
  ]);
});

it('says what cannot be, and hands no option on', async () => {
  const { call } = machine();
  expect(await call('set_ring', { rx: 'bad' })).toBe('Invalid arguments');
  await expect(call('set_feature', { lro: 'on' })).rejects.toThrow('Cannot change it');
  await expect(call('set_pause', { nothing: 'on' })).rejects.toThrow("None of the valid parameters were provided: ['");
  expect(await machine('eth9').call('show_ring')).toBe('Not supported');
  expect(await machine('eth9').call('show_driver')).toBe('Not implemented');
  await expect(machine('--help').call('show_ring')).rejects.toThrow('must be the name of an interface');
});
