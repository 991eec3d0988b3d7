import { z } from 'zod';
import { defineState, flag, withDefault } from '../../kit/index.ts';
import { checkPatches, patchArguments } from '../../providers/packages/check-patches.ts';

/** `pkg.patch_installed` */
export const patchInstalled = defineState({
  name: 'pkg.patch_installed',
  summary: 'Keeps advisories installed, on dnf, yum and zypper.',
  args: z.object({
    ...patchArguments,
    downloadonly: withDefault(flag(), false).describe('Whether their packages are downloaded only.'),
  }),
  examples: [
    `issue-foo-fixed:
  pkg.patch_installed:
    - advisory_ids:
      - SUSE-SLE-SERVER-12-SP2-2017-185`,
  ],
  acceptsUnknown: true,
  check: ({ downloadonly, ...args }, context) =>
    checkPatches({ ...args, downloadOnly: downloadonly, state: 'pkg.patch_installed' }, context),
});
