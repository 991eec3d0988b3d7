import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { anyValue, defineState, fails, flag, isOk, operand, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { listBooleans, type SelinuxBoolean } from '../../providers/selinux/booleans.ts';
import { readSwitch } from '../../providers/selinux/read-switch.ts';

/** `selinux.boolean` */
export const boolean = defineState({
  name: 'selinux.boolean',
  summary: "Keeps a boolean of SELinux's policy on or off.",
  args: z.object({
    name: operand().describe('Name of the boolean.'),
    value: anyValue().describe('`on` or `off`, or any of the words that mean it.'),
    persist: withDefault(flag(), false).describe('Whether it stays so after a restart.'),
  }),
  examples: [
    `httpd_can_network_connect:
  selinux.boolean:
    - value: True
    - persist: True`,
  ],
  async check({ name, value, persist }, { host }) {
    const found = (await listBooleans(host)).get(name);
    if (found === undefined) return fails(`Boolean ${name} is not available`);
    const wanted = readSwitch(value);
    if (wanted === undefined) return fails(`${pythonStr(value)} is not a valid value for the boolean`);
    if (found.state === wanted && (!persist || found.standard === wanted))
      return isOk('Boolean is in the correct state');
    const changes = changesTo(found, wanted, persist);
    const words = ['setsebool', ...(persist ? ['-P'] : []), name, wanted];
    return willChange({ comment: `Boolean ${name} is set to be changed to ${wanted}`, changes }, (machine) =>
      attempt(`Failed to set the boolean ${name} to ${wanted}`, async () => {
        await runTool(machine, words);
        return { comment: `Boolean ${name} has been set to ${wanted}`, changes };
      }),
    );
  },
});

function changesTo(found: SelinuxBoolean, wanted: string, persist: boolean): Record<string, Plain> {
  return {
    State: { old: found.state, new: wanted },
    ...(persist && found.standard !== wanted ? { Default: { old: found.standard, new: wanted } } : {}),
  };
}
