import { z } from 'zod';
import { defineState, operand } from '../../kit/index.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { installModule } from '../../providers/selinux/modules.ts';

/** `selinux.module_install` */
export const moduleInstall = defineState({
  name: 'selinux.module_install',
  summary: 'Keeps a module of the policy of SELinux installed.',
  args: z.object({ name: operand().describe('URL or path of its package, which is named for it.') }),
  examples: [
    `salt://app/app.pp:
  selinux.module_install: []`,
  ],
  check: ({ name }, context) => orFailure(() => installModule(name, context)),
});
