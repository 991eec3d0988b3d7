import { isDeepStrictEqual } from 'node:util';
import type { Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, flag, integer, isOk, lineText, operand, oneOf, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';
import { readUpstream } from '../../providers/rabbitmq/upstreams.ts';

/** `rabbitmq_upstream.present` */
export const present = defineState({
  name: 'rabbitmq_upstream.present',
  summary: 'Keeps an upstream of federation in a RabbitMQ broker.',
  args: z.object({
    name: operand().describe('Name of the upstream.'),
    uri: lineText().describe('Address of the other broker, with its account.'),
    prefetch_count: optional(integer()).describe('Messages on the way without an acknowledgement.'),
    reconnect_delay: optional(integer()).describe('Seconds before it connects anew.'),
    ack_mode: optional(oneOf('on-confirm', 'on-publish', 'no-ack')).describe('When messages are acknowledged.'),
    trust_user_id: optional(flag()).describe('Whether user ids of messages are kept.'),
    exchange: optional(lineText()).describe('Name of the exchange there.'),
    max_hops: optional(integer()).describe('How many links a message may cross.'),
    expires: optional(integer()).describe('Milliseconds after which the queue there goes.'),
    message_ttl: optional(integer()).describe('Milliseconds a message waits there.'),
    ha_policy: optional(lineText()).describe('How the queue there is mirrored.'),
    queue: optional(lineText()).describe('Name of the queue there.'),
    ...rabbitmqArguments,
  }),
  examples: [
    `west:
  rabbitmq_upstream.present:
    - uri: amqp://west.example.org
    - ack_mode: on-confirm`,
  ],
  check: ({ name, runas, ...wish }, { host }) =>
    orFailure(async () => {
      const wanted = omitAbsent(
        Object.fromEntries(Object.entries(wish).map(([key, value]) => [key.replaceAll('_', '-'), value || undefined])),
      ) as Record<string, Plain>;
      const current = await readUpstream(host, { runas }, name);
      if (isDeepStrictEqual(current, wanted)) return isOk(`Upstream "${name}" already present as specified.`);
      const action = current === undefined ? 'create' : 'update';
      const changes = current === undefined ? { old: null, new: wanted } : compare(current, wanted);
      return willChange({ comment: `Upstream "${name}" would have been ${action}d.`, changes }, (machine) =>
        attempt(`Error trying to ${action} upstream`, async () => {
          const words = ['rabbitmqctl', 'set_parameter', 'federation-upstream', name, JSON.stringify(wanted)];
          await runRabbitmq(machine, { runas }, words);
          return { comment: `Upstream "${name}" ${action}d.`, changes };
        }),
      );
    }),
});

function compare(
  current: Readonly<Record<string, Plain>>,
  wanted: Readonly<Record<string, Plain>>,
): { readonly old: Record<string, Plain>; readonly new: Record<string, Plain> } {
  const differ = (
    one: Readonly<Record<string, Plain>>,
    other: Readonly<Record<string, Plain>>,
  ): Record<string, Plain> =>
    Object.fromEntries(Object.entries(one).filter(([key, value]) => !isDeepStrictEqual(value, other[key])));
  return { old: differ(current, wanted), new: differ(wanted, current) };
}
