import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readAuthority, remotePolicy } from '../../providers/x509/remote-authority.ts';
import { readSigningPolicy } from '../../providers/x509/signing-policy.ts';

export const getSigningPolicy = defineFunction({
  name: 'x509.get_signing_policy',
  summary: 'A policy of x509_signing_policies; an empty dictionary when there is none of that name.',
  args: z.object({
    signing_policy: text().describe('Its name.'),
    ca_server: optional(text()).describe('The minion whose policy it is; this one unless given.'),
  }),
  examples: ["'*' x509.get_signing_policy www"],
  async run({ signing_policy: name, ca_server: server }, context) {
    const authority = readAuthority(server, name);
    return authority === undefined ? (readSigningPolicy(name, context) ?? {}) : remotePolicy(authority, context);
  },
});
