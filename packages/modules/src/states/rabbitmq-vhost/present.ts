import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askRabbitmq, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';

/** `rabbitmq_vhost.present` */
export const present = defineState({
  name: 'rabbitmq_vhost.present',
  summary: 'Keeps a virtual host of a RabbitMQ broker.',
  args: z.object({ name: operand().describe('Name of the virtual host.') }),
  examples: [
    `shop:
  rabbitmq_vhost.present: []`,
  ],
  async check({ name }, { host }) {
    const rows = await askRabbitmq(host, {}, ['list_vhosts', 'name']);
    if (rows.some((row) => row['name'] === name)) return isOk(`Virtual Host '${name}' already exists.`);
    const changes = { old: '', new: name };
    return willChange({ comment: `Virtual Host '${name}' will be created.`, changes }, (machine) =>
      attempt('Error', async () => {
        const comment = await runRabbitmq(machine, {}, ['rabbitmqctl', 'add_vhost', name]);
        return { comment, changes };
      }),
    );
  },
});
