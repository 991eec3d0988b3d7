import { z } from 'zod';
import { anyValue, defineState, fails, optional, text } from '../../kit/index.ts';

/** `pkg.downloaded` */
export const downloaded = defineState({
  name: 'pkg.downloaded',
  summary: 'Fails: package managers here do not tell what this state has to know, as apt does not in Salt.',
  args: z.object({
    name: text().describe('Any name.'),
    version: optional(text()).describe('The version.'),
    pkgs: optional(anyValue()).describe('Several packages.'),
    fromrepo: optional(text()).describe('The repository.'),
    ignore_epoch: optional(anyValue()).describe('Whether epochs of versions count.'),
  }),
  examples: [`some packages:\n  pkg.downloaded: []`],
  acceptsUnknown: true,
  check: () => Promise.resolve(fails('The pkg.downloaded state is not available on this platform')),
});
