import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkNftRule, nftRuleArguments } from '../../providers/firewall/check-nft-rule.ts';

/** `nftables.insert` */
export const insert = defineState({
  name: 'nftables.insert',
  summary: 'Keeps a rule in a chain of nftables, at its start or before another when it is new.',
  args: z.object(nftRuleArguments),
  examples: [
    `web:
  nftables.insert:
    - family: inet
    - table: filter
    - chain: input
    - proto: tcp
    - dports: 80,443
    - jump: accept`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkNftRule('insert', args, context),
});
