import { z } from 'zod';
import { anyValue, defineState, fails, optional, text } from '../../kit/index.ts';

/** `pkg.patch_downloaded` */
export const patchDownloaded = defineState({
  name: 'pkg.patch_downloaded',
  summary: 'Fails: package managers here do not tell what this state has to know, as apt does not in Salt.',
  args: z.object({
    name: text().describe('Any name.'),
    advisory_ids: optional(anyValue()).describe('Names of the advisories.'),
  }),
  examples: [`some packages:\n  pkg.patch_downloaded: []`],
  acceptsUnknown: true,
  check: () => Promise.resolve(fails('The pkg.patch_downloaded state is not available on this platform')),
});
