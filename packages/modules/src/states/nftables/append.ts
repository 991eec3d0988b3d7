import { z } from 'zod';
import { defineState } from '../../kit/index.ts';
import { checkNftRule, nftRuleArguments } from '../../providers/firewall/check-nft-rule.ts';

/** `nftables.append` */
export const append = defineState({
  name: 'nftables.append',
  summary: 'Keeps a rule in a chain of nftables, at its end when it is new.',
  args: z.object(nftRuleArguments),
  examples: [
    `web:
  nftables.append:
    - family: inet
    - table: filter
    - chain: input
    - proto: tcp
    - dports: 80,443
    - jump: accept`,
  ],
  acceptsUnknown: true,
  check: (args, context) => checkNftRule('add', args, context),
});
