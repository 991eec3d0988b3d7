import { z } from 'zod';
import { defineState, isOk, operand, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readPolicies } from '../../providers/rabbitmq/policies.ts';
import { rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';

/** `rabbitmq_policy.absent` */
export const absent = defineState({
  name: 'rabbitmq_policy.absent',
  summary: 'Removes a policy of a RabbitMQ broker.',
  args: z.object({
    name: operand().describe('Name of the policy.'),
    vhost: withDefault(operand(), '/').describe('The virtual host.'),
    ...rabbitmqArguments,
  }),
  examples: [
    `expire:
  rabbitmq_policy.absent: []`,
  ],
  async check({ name, vhost, ...runner }, { host }) {
    if (!(await readPolicies(host, runner, vhost)).some((each) => each.name === name))
      return isOk(`Policy '${vhost} ${name}' is not present.`);
    const changes = { new: '', old: name };
    return willChange({ comment: `Policy '${vhost} ${name}' will be removed.`, changes }, (machine) =>
      attempt('Error', async () => {
        await runRabbitmq(machine, runner, ['rabbitmqctl', 'clear_policy', '-p', vhost, name]);
        return { comment: 'Deleted', changes };
      }),
    );
  },
});
