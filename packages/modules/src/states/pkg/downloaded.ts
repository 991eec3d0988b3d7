import { z } from 'zod';
import { defineState, flag, withDefault } from '../../kit/index.ts';
import { checkDownloaded } from '../../providers/packages/check-downloaded.ts';
import { installArguments, packageArguments } from '../../providers/packages/package-arguments.ts';

const { name, pkgs, refresh, fromrepo, skip_verify, cache_valid_time, install_recommends } = packageArguments;
const { version, skip_suggestions, normalize, ignore_epoch, resolve_capabilities } = installArguments;

/** `pkg.downloaded` */
export const downloaded = defineState({
  name: 'pkg.downloaded',
  summary: 'Keeps packages in the cache of the package manager, on apt, dnf, yum and zypper.',
  args: z.object({
    ...{ name, version, pkgs, fromrepo, ignore_epoch, refresh, cache_valid_time, skip_verify, install_recommends },
    ...{ skip_suggestions, normalize, resolve_capabilities },
    downloadonly: withDefault(flag(), true).describe('Accepted for compatibility: nothing is installed.'),
  }),
  examples: [
    `zsh:
  pkg.downloaded:
    - version: 5.0.5-4.63`,
  ],
  acceptsUnknown: true,
  check: checkDownloaded,
});
