import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkLatest } from '../../providers/packages/check-latest.ts';
import { packageArguments } from '../../providers/packages/package-arguments.ts';

/** `pkg.latest` */
export const latest = defineState({
  name: 'pkg.latest',
  summary: 'Keeps packages at the newest version on offer.',
  args: z.object(packageArguments),
  examples: [
    `ca-certificates:
  pkg.latest: []`,
  ],
  acceptsUnknown: true,
  check: checkLatest,
});
