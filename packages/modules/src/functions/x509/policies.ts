import { z } from 'zod';
import { text, unsupported } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readSigningPolicy } from '../../providers/x509/signing-policy.ts';

export const getSigningPolicy = defineFunction({
  name: 'x509.get_signing_policy',
  summary: 'A policy of x509_signing_policies; an empty dictionary when there is none of that name.',
  args: z.object({
    signing_policy: text().describe('Its name.'),
    ca_server: unsupported('policies of another minion'),
  }),
  examples: ["'*' x509.get_signing_policy www"],
  run: ({ signing_policy: name }, context) => readSigningPolicy(name, context) ?? {},
});
