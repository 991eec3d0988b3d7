import { z } from 'zod';
import { defineState, lineText } from '../../kit/index.ts';
import { checkRule, ruleArguments } from '../../providers/firewall/check-rule.ts';

/** `iptables.delete` */
export const deleteRule = defineState({
  name: 'iptables.delete',
  summary: 'Keeps a rule out of a chain. The options of iptables(8) are arguments without their dashes.',
  args: z.object({ name: lineText().describe('How the rule is named in what is reported.'), ...ruleArguments }),
  examples: [
    `telnet:
  iptables.delete:
    - chain: INPUT
    - protocol: tcp
    - dport: 23
    - jump: ACCEPT`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkRule('delete', args, context),
});
