import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDict, toPlain, toValue, type Plain } from '@brine/common';
import { afterAll, describe, expect, it } from 'vitest';
import { createRealRun } from './run-state.ts';

async function call(name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) {
  const words = new Map(Object.entries(keyword).map(([key, value]) => [key, toValue(value)]));
  return createRealRun().call(name, positional.map(toValue), words);
}

/** A disk out of a file; undefined where the kernel lends none. */
function attachDisk(file: string): string | undefined {
  try {
    return execFileSync('losetup', ['-f', '--show', file], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    console.warn('disks were NOT partitioned for real: this machine has no loop devices');
    return undefined;
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'brine-disk-'));
const image = path.join(folder, 'disk');
writeFileSync(image, '');
truncateSync(image, 400 * 1024 * 1024);
const disk = attachDisk(image);

afterAll(() => {
  if (disk !== undefined) execFileSync('losetup', ['-d', disk]);
  rmSync(folder, { recursive: true });
});

describe.skipIf(disk === undefined)('functions for disks on this machine', () => {
  const device = disk ?? '';
  it('partition a disk', async () => {
    expect(await call('partition.exists', [device])).toBe(true);
    expect(await call('partition.exists', [image])).toBe(false);
    expect(await call('partition.mklabel', [device, 'gpt'])).toEqual(expect.not.arrayContaining(['Error']));
    await call('partition.mkpart', [device, 'primary', 'ext2', '1MiB', '100MiB']);
    await call('partition.name', [device, 1, 'My Documents']);
    await call('partition.set', [device, 1, 'lvm', 'on']);
    const row = { number: '1', start: '2048s', end: '204799s', size: '202752s', 'file system': '' };
    const listed = toPlain(await call('partition.list', [device], { unit: 's' }));
    expect(listed).toMatchObject({
      info: { disk: device, size: '819200s', 'partition table': 'gpt' },
      partitions: { 1: { ...row, name: 'My Documents', flags: 'lvm' } },
    });
    await call('partition.toggle', [device, 1, 'lvm']);
    expect(await call('partition.align_check', [device, 'optimal', 1])).toEqual(['1 aligned']);
    await call('partition.rm', [device, 1]);
    expect(toPlain(await call('partition.list', [device]))).toMatchObject({ partitions: {} });
  });

  it('make and read file systems', async () => {
    expect(await call('extfs.mkfs', [device, 'ext4'], { label: 'first', block_size: 4096 })).not.toEqual([]);
    expect(toPlain(await call('extfs.attributes', [device], { args: 'h' }))).toMatchObject({
      'Filesystem volume name': 'first',
      'Block size': '4096',
      'Filesystem OS type': 'Linux',
    });
    expect(toPlain(await call('extfs.blocks', [device]))).toMatchObject({
      'Group 0': { group: '0', range: '0-32767', 'free inodes': [expect.any(String)] },
    });
    await call('extfs.tune', [device], { label: 'second' });
    expect(toPlain(await call('extfs.attributes', [device]))).toMatchObject({ 'Filesystem volume name': 'second' });
    expect(toPlain(await call('xfs.mkfs', [device], { label: 'third' }))).toMatchObject({
      'meta-data': { section: device },
      data: { bsize: '4096' },
    });
    expect(toPlain(await call('xfs.modify', [device], { label: 'fourth' }))).toMatchObject({
      [device]: { label: 'fourth' },
    });
  });
});

describe('functions for attributes of the kernel', () => {
  it('read what there is', async () => {
    expect(await call('sysfs.attr', ['class/net/lo/mtu'])).toEqual(expect.any(Number));
    expect(await call('sysfs.target', ['class/net/lo'], { full: false })).toBe('lo');
    const statistics = await call('sysfs.read', ['class/net/lo/statistics']);
    expect(isDict(statistics) && statistics.get('rx_bytes')).toEqual(expect.any(Number));
    expect(await call('sysfs.read', ['../etc/passwd'])).toBe(false);
    expect(await call('sysfs.write', ['class/net/none', 1])).toBe(false);
  });
});
