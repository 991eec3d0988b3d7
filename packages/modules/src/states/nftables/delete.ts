import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkNftRule, nftRuleArguments } from '../../providers/firewall/check-nft-rule.ts';

/** `nftables.delete` */
export const deleteRule = defineState({
  name: 'nftables.delete',
  summary: 'Keeps a rule out of a chain of nftables.',
  args: z.object(nftRuleArguments),
  examples: [
    `web:
  nftables.delete:
    - family: inet
    - table: filter
    - chain: input
    - proto: tcp
    - dports: 80,443
    - jump: accept`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkNftRule('delete', args, context),
});
