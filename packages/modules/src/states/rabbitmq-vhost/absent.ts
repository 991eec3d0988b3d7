import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askRabbitmq, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';

/** `rabbitmq_vhost.absent` */
export const absent = defineState({
  name: 'rabbitmq_vhost.absent',
  summary: 'Removes a virtual host from a RabbitMQ broker, with all it has.',
  args: z.object({ name: operand().describe('Name of the virtual host.') }),
  examples: [
    `shop:
  rabbitmq_vhost.absent: []`,
  ],
  async check({ name }, { host }) {
    const rows = await askRabbitmq(host, {}, ['list_vhosts', 'name']);
    if (!rows.some((row) => row['name'] === name)) return isOk(`Virtual Host '${name}' is not present.`);
    const changes = { new: '', old: name };
    return willChange({ comment: `Virtual Host '${name}' will be removed.`, changes }, (machine) =>
      attempt('Error', async () => {
        const comment = await runRabbitmq(machine, {}, ['rabbitmqctl', 'delete_vhost', name]);
        return { comment, changes };
      }),
    );
  },
});
