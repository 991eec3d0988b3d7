import { z } from 'zod';
import { defineState, operand } from '../../kit/index.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { removeModule } from '../../providers/selinux/modules.ts';

/** `selinux.module_remove` */
export const moduleRemove = defineState({
  name: 'selinux.module_remove',
  summary: 'Keeps a module out of the policy of SELinux.',
  args: z.object({ name: operand().describe('The module.') }),
  examples: [
    `app:
  selinux.module_remove: []`,
  ],
  check: ({ name }, context) => orFailure(() => removeModule(name, context)),
});
