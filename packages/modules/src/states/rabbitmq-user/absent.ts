import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askRabbitmq, rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';

/** `rabbitmq_user.absent` */
export const absent = defineState({
  name: 'rabbitmq_user.absent',
  summary: 'Removes an account of a RabbitMQ broker.',
  args: z.object({ name: operand().describe('Name of the account.'), ...rabbitmqArguments }),
  examples: [
    `guest:
  rabbitmq_user.absent: []`,
  ],
  async check({ name, ...runner }, { host }) {
    const rows = await askRabbitmq(host, runner, ['list_users']);
    if (!rows.some((row) => row['user'] === name)) return isOk(`The user '${name}' is not present.`);
    const changes = { name: { old: name, new: '' } };
    return willChange({ comment: `The user '${name}' will be removed.`, changes }, (machine) =>
      attempt('Error', async () => {
        await runRabbitmq(machine, runner, ['rabbitmqctl', 'delete_user', name]);
        return { comment: `The user '${name}' was removed.`, changes };
      }),
    );
  },
});
