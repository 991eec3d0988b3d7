import type { Plain } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  integer,
  isOk,
  lineText,
  operand,
  optional,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readPolicies, type RabbitmqPolicy } from '../../providers/rabbitmq/policies.ts';
import { rabbitmqArguments, runRabbitmq } from '../../providers/rabbitmq/rabbitmq.ts';

/** `rabbitmq_policy.present` */
export const present = defineState({
  name: 'rabbitmq_policy.present',
  summary: 'Keeps a policy of a RabbitMQ broker.',
  args: z.object({
    name: operand().describe('Name of the policy.'),
    pattern: operand().describe('Regular expression of the names it is for.'),
    definition: lineText().describe('What it says, in JSON.'),
    priority: withDefault(integer(), 0).describe('Of several policies for a name the highest counts.'),
    vhost: withDefault(operand(), '/').describe('The virtual host.'),
    ...rabbitmqArguments,
    apply_to: optional(operand()).describe('What it is for: queues, exchanges or all.'),
  }),
  examples: [
    `expire:
  rabbitmq_policy.present:
    - pattern: '^tmp\\.'
    - definition: '{"expires": 60000}'
    - apply_to: queues`,
  ],
  async check({ name, runas, ...wish }, { host }) {
    const wanted = parseJson(wish.definition);
    if (wanted === undefined) return fails(`The definition of policy ${name} is no JSON: ${wish.definition}`);
    const policy = (await readPolicies(host, { runas }, wish.vhost)).find((each) => each.name === name);
    const updates = policy === undefined ? [] : differences(policy, wish, wanted);
    if (policy !== undefined && updates.length === 0) return isOk(`Policy ${wish.vhost} ${name} is already present`);
    const changes = policy === undefined ? { old: {}, new: name } : { old: { ...policy }, new: updates };
    const verb = policy === undefined ? 'created' : 'updated';
    return willChange({ comment: `Policy ${wish.vhost} ${name} is set to be ${verb}`, changes }, (machine) =>
      attempt('Error', async () => {
        const applyTo = wish.apply_to === undefined ? [] : ['--apply-to', wish.apply_to];
        const options = ['-p', wish.vhost, '--priority', String(wish.priority), ...applyTo];
        const words = ['set_policy', ...options, name, wish.pattern, wish.definition];
        return { comment: await runRabbitmq(machine, { runas }, ['rabbitmqctl', ...words]), changes };
      }),
    );
  },
});

function differences(
  policy: RabbitmqPolicy,
  wish: { readonly pattern: string; readonly apply_to: string | undefined; readonly priority: number },
  definition: Plain,
): readonly string[] {
  return [
    ...(policy.pattern === wish.pattern ? [] : ['Pattern']),
    ...(sorted(parseJson(policy.definition)) === sorted(definition) ? [] : ['Definition']),
    ...(wish.apply_to === undefined || policy['apply-to'] === wish.apply_to ? [] : ['Applyto']),
    ...(policy.priority === wish.priority ? [] : ['Priority']),
  ];
}

function parseJson(text: string): Plain | undefined {
  try {
    return JSON.parse(text) as Plain;
  } catch {
    return undefined;
  }
}

function sorted(value: Plain | undefined): string {
  const replacer = (_: string, each: unknown): unknown =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each;
  return JSON.stringify(value, replacer) ?? '';
}
