import { z } from 'zod';
import { defineState, flag, withDefault } from '../../kit/index.ts';
import { checkPatches, patchArguments } from '../../providers/packages/check-patches.ts';

/** `pkg.patch_downloaded` */
export const patchDownloaded = defineState({
  name: 'pkg.patch_downloaded',
  summary: 'Keeps the packages of advisories downloaded, on dnf, yum and zypper.',
  args: z.object({
    ...patchArguments,
    downloadonly: withDefault(flag(), true).describe('Accepted for compatibility: nothing is installed.'),
  }),
  examples: [
    `issue-foo-fixed:
  pkg.patch_downloaded:
    - advisory_ids:
      - SUSE-SLE-SERVER-12-SP2-2017-185`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkPatches({ ...args, downloadOnly: true, state: 'pkg.patch_downloaded' }, context),
});
