import { z } from 'zod';
import { defineState, flag, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runAccountProgram } from '../../providers/accounts/files/with-account-programs.ts';

/** `user.absent` */
export const absent = defineState({
  name: 'user.absent',
  summary: 'Removes a user account.',
  args: z.object({
    name: lineText().describe('Login name.'),
    purge: withDefault(flag(), false).describe('Whether the home directory and mailbox are removed too.'),
    force: withDefault(flag(), false).describe('Whether the account goes even while the user is logged in.'),
  }),
  examples: [
    `leaver:
  user.absent:
    - purge: true`,
  ],
  async check({ name, purge, force }, { host }) {
    const account = await host.account(name);
    if (account === undefined) return isOk(`User ${name} is not present`);
    const groups = await host.groups();
    return willChange({ comment: `User ${name} set for removal`, changes: { [name]: 'removed' } }, (machine) =>
      attempt(`Failed to remove user ${name}`, async () => {
        await runAccountProgram(machine, ['userdel', ...(purge ? ['-r'] : []), ...(force ? ['-f'] : []), '--', name]);
        const left = new Set((await machine.groups()).map((group) => group.name));
        const gone = groups
          .filter((group) => !left.has(group.name))
          .map((group) => [`${group.name} group`, 'removed'] as const);
        return { comment: `Removed user ${name}`, changes: { [name]: 'removed', ...Object.fromEntries(gone) } };
      }),
    );
  },
});
