import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const host = () =>
  createFakeHost({
    programs: {
      parted: () => '',
      partprobe: () => ({ exitCode: 1, stderr: 'Error: no such disk\n' }),
      mke2fs: () => 'mke2fs 1.47\nDiscarding device blocks: done\nBlock size=4096\n',
    },
  });

it('hands partitions and file systems to their programs as separate words', async () => {
  const machine = host();
  const call = async (name: string, positional: string[], keyword = {}) =>
    (await callScratch(name, { positional, keyword, host: machine })).value;
  expect(await call('partition.mklabel', ['/dev/sdz', 'gpt'])).toEqual([]);
  await call('partition.mkpart', ['/dev/sdz', 'primary'], { fs_type: 'ext4', start: 0, end: '100%' });
  expect(await call('partition.probe', ['/dev/sdz'])).toEqual(['Error: no such disk']);
  expect(await call('extfs.mkfs', ['/dev/sdz1', 'ext4'], { label: 'my disk', journal: true, test: false })).toEqual([
    'Block size=4096',
  ]);
  expect(machine.started.map(({ command }) => command)).toEqual([
    ['parted', '-m', '-s', '/dev/sdz', 'mklabel', 'gpt'],
    ['parted', '-m', '-s', '--', '/dev/sdz', 'mkpart', 'primary', 'ext4', '0', '100%'],
    ['partprobe', '/dev/sdz'],
    ['mke2fs', '-F', '-t', 'ext4', '-j', '-L', 'my disk', '/dev/sdz1'],
  ]);
});

it.each([
  ['partition.mklabel', ['/etc/passwd', 'gpt']],
  ['partition.mklabel', ['/dev/sdz', 'nope']],
  ['partition.mkpart', ['/dev/sdz', 'primary', 'ext4', '0;ls', '1']],
  ['partition.probe', ['--all']],
  ['extfs.mkfs', ['-n', 'ext4']],
])('%s refuses %j', async (name, positional) => {
  const machine = host();
  await expect(callScratch(name, { positional, host: machine })).rejects.toThrow(/must be|is no path/);
  expect(machine.started).toEqual([]);
});
