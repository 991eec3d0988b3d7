import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkUfwRuleAbsent } from '../../providers/firewall/check-ufw-rule.ts';
import { readUfwRule, ufwRuleArguments, ufwRuleStateArguments } from '../../providers/firewall/ufw.ts';

/** `ufw.rule_absent` */
export const ruleAbsent = defineState({
  name: 'ufw.rule_absent',
  summary: 'Removes a rule of the firewall.',
  args: z.object({ ...ufwRuleStateArguments, ...ufwRuleArguments }),
  examples: ['telnet:\n  ufw.rule_absent:\n    - proto: tcp\n    - to_port: 23'],
  check: ({ name, action, ...given }, context) => checkUfwRuleAbsent(name, readUfwRule(action, given), context),
});
