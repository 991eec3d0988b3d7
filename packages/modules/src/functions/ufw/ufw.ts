import { z } from 'zod';
import { flag, integer, oneOf, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  askUfw,
  changeUfw,
  isUfwActive,
  readUfwRule,
  ufwAction,
  ufwPart,
  ufwPolicy,
  ufwRuleArguments,
  ufwRuleWords,
  type UfwTraffic,
} from '../../providers/firewall/ufw.ts';
import { failure } from '../failure.ts';

const none = z.object({});

/** Has ufw do something; answers what it says. */
async function change({ host }: FunctionContext, words: readonly string[]): Promise<string> {
  if ((await host.which('ufw')) === undefined) throw failure('The program ufw is not installed');
  return changeUfw(host, words);
}

const plain = (name: string, summary: string, words: readonly string[]) =>
  defineFunction({
    name: `ufw.${name}`,
    summary,
    args: none,
    examples: [`'*' ufw.${name}`],
    run: (_args, context) => change(context, words),
  });

export const enable = plain('enable', 'Starts the firewall, now and at each boot.', ['--force', 'enable']);
export const disable = plain('disable', 'Stops the firewall, now and at each boot.', ['disable']);
export const reload = plain('reload', 'Has the firewall read its rules again.', ['reload']);
export const reset = plain('reset', 'Stops the firewall and puts all rules back to those of the installation.', [
  '--force',
  'reset',
]);

export const setEnabled = defineFunction({
  name: 'ufw.set_enabled',
  summary: 'Starts or stops the firewall, now and at each boot.',
  args: z.object({ enabled: flag().describe('Whether it is to run.') }),
  examples: ["'*' ufw.set_enabled True"],
  run: ({ enabled }, context) => change(context, enabled ? ['--force', 'enable'] : ['disable']),
});

export const version = defineFunction({
  name: 'ufw.version',
  summary: 'The version of ufw.',
  args: none,
  examples: ["'*' ufw.version"],
  run: async (_args, { host }) => /[\d.]+\d/.exec(await askUfw(host, ['version']))?.[0],
});

export const isEnabled = defineFunction({
  name: 'ufw.is_enabled',
  summary: 'Whether the firewall is up.',
  args: none,
  examples: ["'*' ufw.is_enabled"],
  run: (_args, { host }) => isUfwActive(host),
});

export const status = defineFunction({
  name: 'ufw.status',
  summary: 'Whether the firewall is up, its policies and what it logs.',
  args: z.object({
    numbered: withDefault(flag(), false).describe('Answer the rules with their numbers, as ufw tells them.'),
    raw: withDefault(flag(), false).describe('Answer what ufw tells.'),
  }),
  examples: ["'*' ufw.status", "'*' ufw.status numbered=True"],
  async run({ numbered, raw }, { host }) {
    const said = await askUfw(host, ['status', numbered ? 'numbered' : 'verbose']);
    if (numbered || raw) return said;
    return {
      status: /^Status: (\w+)/m.exec(said)?.[1] ?? null,
      logging: /^Logging: (?:on \()?(\w+)/m.exec(said)?.[1] ?? null,
      default_policy: {
        incoming: (await ufwPolicy(host, 'incoming')) ?? null,
        outgoing: (await ufwPolicy(host, 'outgoing')) ?? null,
        routed: (await ufwPolicy(host, 'routed')) ?? null,
      },
    };
  },
});

const policyOf = (traffic: UfwTraffic) =>
  defineFunction({
    name: `ufw.get_default_${traffic}`,
    summary: `What becomes of ${traffic} packets that no rule is for.`,
    args: none,
    examples: [`'*' ufw.get_default_${traffic}`],
    run: async (_args, { host }) => (await ufwPolicy(host, traffic)) ?? null,
  });

export const getDefaultIncoming = policyOf('incoming');
export const getDefaultOutgoing = policyOf('outgoing');

export const defaultPolicy = defineFunction({
  name: 'ufw.default_policy',
  summary: 'Sets what becomes of packets that no rule is for.',
  args: z.object({
    direction: oneOf('incoming', 'outgoing', 'routed').describe('Which packets.'),
    policy: oneOf('allow', 'deny', 'reject').describe('What becomes of them.'),
  }),
  examples: ["'*' ufw.default_policy incoming deny"],
  run: ({ direction, policy }, context) => change(context, ['default', policy, direction]),
});

export const loggingLevel = defineFunction({
  name: 'ufw.logging_level',
  summary: 'Sets how much the firewall logs.',
  args: z.object({ level: oneOf('off', 'low', 'medium', 'high', 'full').describe('How much.') }),
  examples: ["'*' ufw.logging_level medium"],
  run: ({ level }, context) => change(context, ['logging', level]),
});

export const addRule = defineFunction({
  name: 'ufw.add_rule',
  summary: 'Adds a rule to the firewall.',
  args: z.object({
    insert: optional(integer()).describe('Number of the rule that it goes before; at the end unless given.'),
    action: ufwAction,
    ...ufwRuleArguments,
    comment: ufwPart('What the rule is for; ufw shows it.'),
  }),
  examples: ["'*' ufw.add_rule action=allow proto=tcp to_port=443"],
  run: ({ insert, action: verb, comment, ...given }, context) =>
    change(context, ufwRuleWords({ ...readUfwRule(verb, given), insert, comment })),
});

export const removeRule = defineFunction({
  name: 'ufw.remove_rule',
  summary: 'Removes a rule from the firewall, by its parts or its number.',
  args: z.object({
    action: ufwAction,
    position: optional(integer()).describe('Number of the rule, as `ufw.status numbered=True` tells it.'),
    ...ufwRuleArguments,
  }),
  examples: ["'*' ufw.remove_rule proto=tcp to_port=443", "'*' ufw.remove_rule position=2"],
  run: ({ action: verb, position, ...given }, context) =>
    change(
      context,
      position === undefined
        ? ['delete', ...ufwRuleWords(readUfwRule(verb, given))]
        : ['--force', 'delete', String(position)],
    ),
});
