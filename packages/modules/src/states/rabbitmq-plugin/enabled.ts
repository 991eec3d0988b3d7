import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';
import { isPluginEnabled } from '../../providers/rabbitmq/plugins.ts';

/** `rabbitmq_plugin.enabled` */
export const enabled = defineState({
  name: 'rabbitmq_plugin.enabled',
  summary: 'Keeps a plugin of a RabbitMQ broker enabled.',
  args: z.object({ name: operand().describe('Name of the plugin.'), ...rabbitmqArguments }),
  examples: [
    `rabbitmq_management:
  rabbitmq_plugin.enabled: []`,
  ],
  async check({ name, ...runner }, { host }) {
    if (await isPluginEnabled(host, runner, name)) return isOk(`Plugin '${name}' is already enabled.`);
    const changes = { old: '', new: name };
    return willChange({ comment: `Plugin '${name}' is set to be enabled.`, changes }, (machine) =>
      attempt('Error', async () => {
        await runRabbitmq(machine, runner, ['rabbitmq-plugins', 'enable', name]);
        return { comment: `Plugin '${name}' was enabled.`, changes };
      }),
    );
  },
});
