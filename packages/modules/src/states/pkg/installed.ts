import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkInstalled } from '../../providers/packages/check-installed.ts';
import { installArguments, packageArguments } from '../../providers/packages/package-arguments.ts';

/** `pkg.installed` */
export const installed = defineState({
  name: 'pkg.installed',
  summary: 'Keeps packages installed, at the version described.',
  args: z.object({ ...packageArguments, ...installArguments }),
  examples: [
    `web packages:
  pkg.installed:
    - pkgs:
      - nginx
      - php-fpm: '>=8.0'`,
  ],
  acceptsUnknown: true,
  check: checkInstalled,
});
