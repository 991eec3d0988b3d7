import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';
import { readUpstream } from '../../providers/rabbitmq/upstreams.ts';

/** `rabbitmq_upstream.absent` */
export const absent = defineState({
  name: 'rabbitmq_upstream.absent',
  summary: 'Keeps an upstream of federation out of a RabbitMQ broker.',
  args: z.object({ name: operand().describe('Name of the upstream.'), ...rabbitmqArguments }),
  examples: [
    `west:
  rabbitmq_upstream.absent: []`,
  ],
  check: ({ name, runas }, { host }) =>
    orFailure(async () => {
      if ((await readUpstream(host, { runas }, name)) === undefined)
        return isOk(`The upstream "${name}" is already absent.`);
      const changes = { old: name, new: null };
      return willChange({ comment: `Upstream "${name}" would have been deleted.`, changes }, (machine) =>
        attempt('Error', async () => {
          await runRabbitmq(machine, { runas }, ['rabbitmqctl', 'clear_parameter', 'federation-upstream', name]);
          return { comment: `Upstream "${name}" has been deleted.`, changes };
        }),
      );
    }),
});
