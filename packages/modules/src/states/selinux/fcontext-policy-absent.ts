import { z } from 'zod';
import { defineState, isOk, operand, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { contextArguments, contextWords, findContext } from '../../providers/selinux/file-contexts.ts';

/** `selinux.fcontext_policy_absent` */
export const fcontextPolicyAbsent = defineState({
  name: 'selinux.fcontext_policy_absent',
  summary: 'Keeps a rule that gives files their SELinux type away.',
  args: z.object({
    ...contextArguments,
    sel_type: optional(operand()).describe('The SELinux type; any unless given.'),
  }),
  examples: [
    `/srv/www(/.*)?:
  selinux.fcontext_policy_absent: []`,
  ],
  async check(rule, { host }) {
    const { name, filetype } = rule;
    const found = await findContext(host, rule);
    if (found === undefined)
      return isOk(
        `SELinux policy for "${name}" already absent with specified filetype "${filetype}" and sel_type "${rule.sel_type ?? 'None'}".`,
      );
    const changes = { old: { [name]: { ...found } }, new: {} };
    return willChange({ comment: '', changes }, (machine) =>
      attempt('Error removing policy', async () => {
        const words = contextWords({ ...rule, sel_type: found.sel_type });
        await runTool(machine, ['semanage', 'fcontext', '--delete', ...words]);
        return { comment: '', changes };
      }),
    );
  },
});
