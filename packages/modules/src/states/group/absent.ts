import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runAccountProgram } from '../../providers/accounts/files/with-account-programs.ts';

/** `group.absent` */
export const absent = defineState({
  name: 'group.absent',
  summary: 'Removes a group.',
  args: z.object({ name: lineText().describe('Name of the group.') }),
  examples: [
    `oldteam:
  group.absent: []`,
  ],
  async check({ name }, { host }) {
    if ((await host.group(name)) === undefined) return isOk('Group not present');
    const changes = { [name]: '' };
    return willChange({ comment: `Group ${name} is set for removal`, changes }, (machine) =>
      attempt(`Failed to remove group ${name}`, async () => {
        await runAccountProgram(machine, ['groupdel', '--', name]);
        return { comment: `Removed group ${name}`, changes };
      }),
    );
  },
});
