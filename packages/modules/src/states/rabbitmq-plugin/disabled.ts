import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';
import { isPluginEnabled } from '../../providers/rabbitmq/plugins.ts';

/** `rabbitmq_plugin.disabled` */
export const disabled = defineState({
  name: 'rabbitmq_plugin.disabled',
  summary: 'Keeps a plugin of a RabbitMQ broker disabled.',
  args: z.object({ name: operand().describe('Name of the plugin.'), ...rabbitmqArguments }),
  examples: [
    `rabbitmq_management:
  rabbitmq_plugin.disabled: []`,
  ],
  async check({ name, ...runner }, { host }) {
    if (!(await isPluginEnabled(host, runner, name))) return isOk(`Plugin '${name}' is already disabled.`);
    const changes = { old: name, new: '' };
    return willChange({ comment: `Plugin '${name}' is set to be disabled.`, changes }, (machine) =>
      attempt('Error', async () => {
        await runRabbitmq(machine, runner, ['rabbitmq-plugins', 'disable', name]);
        return { comment: `Plugin '${name}' was disabled.`, changes };
      }),
    );
  },
});
