import { isDict, dumpJson, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, either, flag, integer, lineText, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readPolicies } from '../../providers/rabbitmq/policies.ts';
import { brokerName, control, list, plainArguments, runas } from './ctl.ts';

const vhost = brokerName('the name of a virtual host').describe('Name of the virtual host.');
const name = brokerName('a name').describe('Its name.');

export const listPolicies = defineFunction({
  name: 'rabbitmq.list_policies',
  summary: 'The policies of a virtual host: virtual host → name → what it is.',
  args: z.object({ vhost: withDefault(vhost, '/').describe('Name of the virtual host.'), runas }),
  examples: ["'*' rabbitmq.list_policies"],
  async run(args, { host }): Promise<Plain> {
    const policies = await readPolicies(host, args, args.vhost);
    if (policies.length === 0) return {};
    const described = policies.map((each): [string, Plain] => [
      each.name,
      {
        pattern: each.pattern,
        apply_to: each['apply-to'],
        definition: each.definition,
        priority: String(each.priority),
      },
    ]);
    return { [args.vhost]: Object.fromEntries(described) };
  },
});

export const policyExists = defineFunction({
  name: 'rabbitmq.policy_exists',
  summary: 'Whether a virtual host has a policy.',
  args: z.object({ vhost, name, runas }),
  examples: ["'*' rabbitmq.policy_exists / HA"],
  run: async (args, { host }) => (await readPolicies(host, args, args.vhost)).some((each) => each.name === args.name),
});

export const setPolicy = defineFunction({
  name: 'rabbitmq.set_policy',
  summary: 'Gives a virtual host a policy.',
  args: z.object({
    vhost,
    name,
    pattern: lineText().describe('Which queues it is for: a regular expression.'),
    definition: either(dict(), text()).describe('What it says: a dictionary, or JSON.'),
    priority: optional(integer()).describe('The highest counts where several fit.'),
    runas,
    apply_to: optional(brokerName('a kind')).describe('queues, exchanges or all.'),
  }),
  examples: [`'*' rabbitmq.set_policy / HA '.*' '{"ha-mode":"all"}'`],
  run: async (args, context) => ({
    Set: await control(context, args, [
      ...['set_policy', '-p', args.vhost],
      ...(args.priority === undefined ? [] : ['--priority', String(args.priority)]),
      ...(args.apply_to === undefined ? [] : ['--apply-to', args.apply_to]),
      ...['--', args.name, args.pattern, toText(args.definition)],
    ]),
  }),
});

export const deletePolicy = defineFunction({
  name: 'rabbitmq.delete_policy',
  summary: 'Takes a policy from a virtual host.',
  args: z.object({ vhost, name, runas }),
  examples: ["'*' rabbitmq.delete_policy / HA"],
  run: async (args, context) => ({
    Deleted: await control(context, args, ['clear_policy', '-p', args.vhost, args.name]),
  }),
});

export const listUpstreams = defineFunction({
  name: 'rabbitmq.list_upstreams',
  summary: 'The upstreams of federation: name → what each is, as JSON.',
  args: plainArguments,
  examples: ["'*' rabbitmq.list_upstreams"],
  async run(args, context) {
    const rows = await list(context, args, ['list_parameters']);
    return Object.fromEntries(
      rows.map((row) => [
        String(row['name']),
        typeof row['value'] === 'string' ? row['value'] : JSON.stringify(row['value']),
      ]),
    );
  },
});

export const upstreamExists = defineFunction({
  name: 'rabbitmq.upstream_exists',
  summary: 'Whether there is an upstream of federation.',
  args: z.object({ name, runas }),
  examples: ["'*' rabbitmq.upstream_exists upstream1"],
  run: async (args, context) =>
    (await list(context, args, ['list_parameters'])).some((row) => String(row['name']) === args.name),
});

export const setUpstream = defineFunction({
  name: 'rabbitmq.set_upstream',
  summary: 'Makes an upstream of federation; answers true.',
  args: z.object({
    name,
    uri: lineText().describe('Where it is; several with blanks between them.'),
    prefetch_count: optional(integer()).describe('Messages that may be unacknowledged at a time.'),
    reconnect_delay: optional(integer()).describe('Seconds to wait before connecting again.'),
    ack_mode: optional(oneOf('on-confirm', 'on-publish', 'no-ack')).describe('When messages are acknowledged.'),
    trust_user_id: optional(flag()).describe('Whether the user ids that it vouches for are taken over.'),
    exchange: optional(lineText()).describe('Name of its exchange; that of the one here unless given.'),
    max_hops: optional(integer()).describe('Links a message may pass.'),
    expires: optional(integer()).describe('Milliseconds after which its queue goes when nobody connects.'),
    message_ttl: optional(integer()).describe('Milliseconds after which messages in its queue expire.'),
    ha_policy: optional(lineText()).describe('Policy of its queue, for old brokers.'),
    queue: optional(lineText()).describe('Name of its queue; that of the one here unless given.'),
    runas,
  }),
  examples: ["'*' rabbitmq.set_upstream upstream_name uri=amqp://hostname ack_mode=on-confirm max_hops=1"],
  async run({ name: upstream, runas: account, ...parameters }, context) {
    // As in Salt, what is empty, 0 or false is left to the broker.
    const given = Object.entries(parameters).filter(([, value]) => Boolean(value));
    const definition = Object.fromEntries(given.map(([key, value]) => [key.replaceAll('_', '-'), value]));
    const words = ['set_parameter', 'federation-upstream', upstream, JSON.stringify(definition)];
    await control(context, { runas: account }, words);
    return true;
  },
});

export const deleteUpstream = defineFunction({
  name: 'rabbitmq.delete_upstream',
  summary: 'Removes an upstream of federation; answers true.',
  args: z.object({ name, runas }),
  examples: ["'*' rabbitmq.delete_upstream upstream1"],
  async run(args, context) {
    await control(context, args, ['clear_parameter', 'federation-upstream', args.name]);
    return true;
  },
});

function toText(definition: Value): string {
  return isDict(definition) ? dumpJson(definition) : String(definition as string);
}
