import { z } from 'zod';
import { defineState, integer, optional } from '../../kit/index.ts';
import { checkUfwRule } from '../../providers/firewall/check-ufw-rule.ts';
import { readUfwRule, ufwPart, ufwRuleArguments, ufwRuleStateArguments } from '../../providers/firewall/ufw.ts';

/** `ufw.rule_present` */
export const rulePresent = defineState({
  name: 'ufw.rule_present',
  summary: 'Keeps a rule of the firewall.',
  args: z.object({
    ...ufwRuleStateArguments,
    insert: optional(integer()).describe('Number of the rule that a new one goes before; at the end unless given.'),
    ...ufwRuleArguments,
    comment: ufwPart('What the rule is for; ufw shows it.'),
  }),
  examples: ['web:\n  ufw.rule_present:\n    - proto: tcp\n    - to_port: 80,443'],
  check: ({ name, action, insert, comment, ...given }, context) =>
    checkUfwRule(name, { ...readUfwRule(action, given), insert, comment }, context),
});
