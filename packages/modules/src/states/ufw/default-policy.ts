import { z } from 'zod';
import { defineState, oneOf, withDefault } from '../../kit/index.ts';
import { anyName, checkUfwPolicy, ufwPolicyArgument } from '../../providers/firewall/ufw-policy-state.ts';

/** `ufw.default_policy` */
export const defaultPolicy = defineState({
  name: 'ufw.default_policy',
  summary: 'Keeps what becomes of packets that no rule is for.',
  args: z.object({
    name: anyName,
    policy: ufwPolicyArgument,
    direction: withDefault(oneOf('incoming', 'outgoing', 'routed'), 'incoming').describe('Which packets.'),
  }),
  examples: ['forwarding:\n  ufw.default_policy:\n    - direction: routed\n    - policy: reject'],
  check: (args, context) => checkUfwPolicy({ name: args.name, traffic: args.direction, policy: args.policy }, context),
});
