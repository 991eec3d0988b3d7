import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { contextArguments, contextWords, findContext, nameFileType } from '../../providers/selinux/file-contexts.ts';

/** `selinux.fcontext_policy_present` */
export const fcontextPolicyPresent = defineState({
  name: 'selinux.fcontext_policy_present',
  summary: 'Keeps a rule that gives files their SELinux type.',
  args: z.object({ ...contextArguments, sel_type: operand().describe('The SELinux type.') }),
  examples: [
    `/srv/www(/.*)?:
  selinux.fcontext_policy_present:
    - sel_type: httpd_sys_content_t`,
  ],
  async check(rule, { host }) {
    const { name, sel_type: type } = rule;
    const filetype = nameFileType(rule.filetype);
    if ((await findContext(host, rule)) !== undefined)
      return isOk(
        `SELinux policy for "${name}" already present with specified filetype "${filetype}" and sel_type "${type}".`,
      );
    const changes = { old: {}, new: { [name]: { filetype, sel_type: type } } };
    return willChange({ comment: '', changes }, (machine) =>
      attempt('Error adding new rule', async () => {
        await runTool(machine, ['semanage', 'fcontext', '--add', ...contextWords(rule)]);
        return { comment: '', changes };
      }),
    );
  },
});
