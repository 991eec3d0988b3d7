import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkRule, ruleArguments } from '../../providers/firewall/check-rule.ts';

/** `iptables.insert` */
export const insert = defineState({
  name: 'iptables.insert',
  summary:
    'Keeps a rule in a chain, at a place of its own when it is new. The options of iptables(8) are arguments without their dashes.',
  args: z.object({ name: lineText().describe('How the rule is named in what is reported.'), ...ruleArguments }),
  examples: [
    `ssh:
  iptables.insert:
    - position: 1
    - chain: INPUT
    - protocol: tcp
    - dport: 22
    - jump: ACCEPT`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkRule('insert', args, context),
});
