import type { Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

interface Refusal {
  readonly name: string;
  readonly positional: readonly Plain[];
  readonly keyword?: Record<string, Plain>;
}

const refusals: readonly Refusal[] = [
  { name: 'partition.mklabel', positional: ['/etc/passwd', 'gpt'] },
  { name: 'partition.mklabel', positional: ['/dev/sdz', 'nope'] },
  { name: 'partition.mkpart', positional: ['/dev/sdz', 'primary', 'ext4', '0;ls', '1'] },
  { name: 'partition.probe', positional: ['--all'] },
  { name: 'partition.name', positional: ['/dev/sdz', 1, "a'b"] },
  { name: 'partition.set', positional: ['/dev/sdz', 1, 'boot', 'perhaps'] },
  { name: 'extfs.mkfs', positional: ['-n', 'ext4'] },
  { name: 'xfs.mkfs', positional: ['/dev/sdz'], keyword: { dso: 'su=32k=1' } },
];

it.each(refusals)('$name refuses $positional', async ({ name, positional, keyword = {} }) => {
  const programs = { parted: () => '', partprobe: () => '', mke2fs: () => '', 'mkfs.xfs': () => '' };
  const machine = createFakeHost({ programs });
  await expect(callScratch(name, { positional, keyword, host: machine })).rejects.toThrow(
    /^Invalid|must be|Wrong parameters/,
  );
  expect(machine.started).toEqual([]);
});
