import type { Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

it.each<readonly [string, readonly Plain[], Record<string, Plain>?]>([
  ['partition.mklabel', ['/etc/passwd', 'gpt']],
  ['partition.mklabel', ['/dev/sdz', 'nope']],
  ['partition.mkpart', ['/dev/sdz', 'primary', 'ext4', '0;ls', '1']],
  ['partition.probe', ['--all']],
  ['partition.name', ['/dev/sdz', 1, "a'b"]],
  ['partition.set', ['/dev/sdz', 1, 'boot', 'perhaps']],
  ['extfs.mkfs', ['-n', 'ext4']],
  ['xfs.mkfs', ['/dev/sdz'], { dso: 'su=32k=1' }],
])('%s refuses %j', async (name, positional, keyword = {}) => {
  const programs = { parted: () => '', partprobe: () => '', mke2fs: () => '', 'mkfs.xfs': () => '' };
  const machine = createFakeHost({ programs });
  await expect(callScratch(name, { positional, keyword, host: machine })).rejects.toThrow(
    /^Invalid|must be|Wrong parameters/,
  );
  expect(machine.started).toEqual([]);
});
