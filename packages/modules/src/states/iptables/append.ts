import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkRule, ruleArguments } from '../../providers/firewall/check-rule.ts';

/** `iptables.append` */
export const append = defineState({
  name: 'iptables.append',
  summary:
    'Keeps a rule in a chain, at its end when it is new. The options of iptables(8) are arguments without their dashes.',
  args: z.object({ name: lineText().describe('How the rule is named in what is reported.'), ...ruleArguments }),
  examples: [
    `web:
  iptables.append:
    - chain: INPUT
    - protocol: tcp
    - dport: 443
    - connstate: NEW
    - jump: ACCEPT
    - save: true`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkRule('append', args, context),
});
