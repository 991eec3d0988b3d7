import { toPlain, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { blockDevices, fakeMdadm } from '../../../test-support/fake-mdadm.ts';
import { callScratch } from '../../../test-support/scratch-context.ts';

function createBox() {
  const host = createFakeHost({
    programs: { mdadm: fakeMdadm },
    files: blockDevices('/dev/md0', '/dev/sda', '/dev/sdb', '/dev/sdc'),
    facts: {
      raid: {
        arrays: { '/dev/md0': { uuid: '1:1:1:1', devices: ['/dev/sda', '/dev/sdb'] } },
        superblocks: { '/dev/sda': '1:1:1:1', '/dev/sdb': '1:1:1:1' },
      },
    },
  });
  const grains = { os_family: 'Debian', os: 'Debian' };
  const call = async (name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) =>
    toPlain((await callScratch(name, { positional, keyword, host, grains })).value);
  return { host, call };
}

describe('raid', () => {
  it('tells of arrays, their members and superblocks', async () => {
    const { call } = createBox();
    const array = { device: '/dev/md0', metadata: '1.2', name: 'box:0', uuid: '1:1:1:1' };
    expect(await call('raid.list')).toEqual({ '/dev/md0': array });
    expect(await call('raid.detail')).toEqual({
      version: '1.2',
      raid_level: 'raid1',
      total_devices: '2',
      creation_time: 'Sun Nov 29 10:00:00 2026',
      members: {
        0: { device: '/dev/sda', major: '8', minor: '16', number: '0', raiddevice: '0', state: 'active sync' },
        1: { device: '/dev/sdb', major: '8', minor: '32', number: '1', raiddevice: '1', state: 'active sync' },
      },
    });
    await expect(call('raid.detail', ['/dev/md7'])).rejects.toThrow("Device /dev/md7 doesn't exist!");
    expect(await call('raid.examine', ['/dev/sda'])).toEqual({
      ...{ MD_LEVEL: 'raid1', MD_DEVICES: '2', MD_METADATA: '1.2', MD_UUID: '1:1:1:1' },
    });
    expect(await call('raid.examine', ['/dev/sdc'], { quiet: true })).toEqual({});
  });

  it('answers commands without running them', async () => {
    const { host, call } = createBox();
    expect(
      await call('raid.create', ['/dev/md1'], { level: 1, devices: ['/dev/sdc'], chunk: 256, test_mode: true }),
    ).toBe('mdadm -C /dev/md1 -R -v -l 1 --chunk 256 -e default -n 1 /dev/sdc');
    expect(await call('raid.assemble', ['/dev/md1', '/dev/sdb,/dev/sdc'], { test_mode: true, run: true })).toEqual([
      ...['mdadm', '-A', '/dev/md1', '-v', '--run', '/dev/sdb', '/dev/sdc'],
    ]);
    expect(host.started).toEqual([]);
  });

  it('makes, grows, saves, stops and destroys arrays', async () => {
    const { host, call } = createBox();
    expect(await call('raid.add', ['/dev/md0', '/dev/sdc'])).toBe(true);
    expect(await call('raid.add', ['/dev/md0', '/dev/bad'])).toBe(false);
    expect(await call('raid.save_config')).toBe(null);
    expect(Buffer.from((await host.files.read('/etc/mdadm/mdadm.conf')) ?? '').toString()).toBe(
      'ARRAY /dev/md0 metadata=1.2 name=box:0 UUID=1:1:1:1\n',
    );
    expect(await call('raid.stop')).toBe(true);
    expect(await call('raid.assemble', ['/dev/md0', '/dev/sda,/dev/sdb'])).toBe('mdadm: done');
    expect(await call('raid.destroy', ['/dev/md0'])).toBe(true);
    expect(await call('raid.destroy', ['/dev/gone'])).toBe(false);
    expect(await call('raid.list')).toEqual({});
    expect(await call('raid.create', ['/dev/md0', 1, ['/dev/sda']])).toBe('mdadm: done');
  });

  it('refuses what is no path, and says when there is no mdadm', async () => {
    const { call } = createBox();
    await expect(call('raid.create', ['/dev/md1', 1, ['-f']])).rejects.toThrow('-f is not the path of a device');
    await expect(call('raid.destroy', ['--help'])).rejects.toThrow('must be the path of a device');
    await expect(callScratch('raid.list', { host: createFakeHost() })).rejects.toThrow(
      'mdadm was not found on this minion.',
    );
  });
});
