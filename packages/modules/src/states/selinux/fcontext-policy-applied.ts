import type { Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, flag, isOk, operand, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { readTool } from '../../providers/selinux/read-tool.ts';

/** `selinux.fcontext_policy_applied` */
export const fcontextPolicyApplied = defineState({
  name: 'selinux.fcontext_policy_applied',
  summary: 'Keeps files labelled as the rules of SELinux say.',
  args: z.object({
    name: operand().describe('Path of a file or folder.'),
    recursive: withDefault(flag(), false).describe('Whether all below a folder counts too.'),
  }),
  examples: [
    `/srv/www:
  selinux.fcontext_policy_applied:
    - recursive: True`,
  ],
  async check({ name, recursive }, { host }) {
    const words = [...(recursive ? ['-R'] : []), name];
    const told = await readTool(host, ['restorecon', '-n', '-v', ...words]);
    if (told.trim() === '') return isOk(`SElinux policies are already applied for filespec "${name}"`);
    const changes = readRelabellings(told);
    return willChange({ comment: '', changes }, (machine) =>
      attempt('', async () => {
        await runTool(machine, ['restorecon', '-v', '-F', ...words]);
        return { comment: '', changes };
      }),
    );
  },
});

/** Path → what changes of its context, from what `restorecon -n -v` says of each file. */
function readRelabellings(text: string): Record<string, Plain> {
  const found = text.matchAll(/^(?:Would relabel|restorecon reset) (.+?) (?:from |context )(\S+?)(?: to |->)(\S+)$/gm);
  return Object.fromEntries(
    Array.from(found, ([, path = '', before = '', after = '']) => [path, compareContexts(before, after)]),
  );
}

const parts = ['sel_user', 'sel_role', 'sel_type', 'sel_level'];

function compareContexts(before: string, after: string): Record<string, Plain> {
  const [old, now] = [before.split(':'), after.split(':')];
  const differing = parts.map((part, index) => ({ part, index })).filter(({ index }) => old[index] !== now[index]);
  const side = (values: readonly string[]): Record<string, Plain> =>
    Object.fromEntries(differing.map(({ part, index }) => [part, values[index] ?? '']));
  return { old: side(old), new: side(now) };
}
