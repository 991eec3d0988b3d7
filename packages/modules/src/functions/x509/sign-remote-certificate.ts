import { AppError, isAppError, matchGlob, pythonStr, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { wrapPem } from '../../providers/x509/keys.ts';
import { issuePlanned, planCertificate } from '../../providers/x509/plan-certificate.ts';
import { remoteWishes, signerAsText } from '../../providers/x509/remote-authority.ts';
import { applySigningPolicy, readSigningPolicy } from '../../providers/x509/signing-policy.ts';

/** `minions` says who; the rest is of this machine alone. */
const ownParts = ['minions', 'signing_private_key', 'signing_private_key_passphrase', 'copypath', 'prepend_cn'];

export const signRemoteCertificate = defineFunction({
  name: 'x509.sign_remote_certificate',
  summary: 'Signs a certificate for another minion by a policy of this one; minions call it, by ca_server.',
  args: z.object({
    signing_policy: text().describe('Name of a policy of x509_signing_policies. Its minions says who may ask.'),
    kwargs: withDefault(dict(), new Map<Value, Value>()).describe(
      'What the certificate says, with public_key or csr in PEM; what the policy says overrides it.',
    ),
    get_signing_policy_only: withDefault(flag(), false).describe('Answer the policy, without what signs.'),
  }),
  examples: [`'*' x509.sign_remote_certificate www kwargs="{'CN': 'www.example.com', 'public_key': '-----BEGIN …'}"`],
  async run({ signing_policy: name, kwargs, get_signing_policy_only: isForPolicy }, context): Promise<Plain> {
    try {
      const policy = readSigningPolicy(name, context);
      if (policy === undefined) return refused('signing_policy must be specified and defined on signing minion');
      const refusal = await refuseAsker(policy.get('minions') ?? null, context);
      if (refusal !== undefined) return refused(refusal);
      return {
        data: isForPolicy ? await shownPolicy(policy, context) : await sign(policy, kwargs, context),
        errors: [],
      };
    } catch (caught) {
      if (isAppError(caught)) return refused(caught.message);
      context.log.error('a certificate could not be signed', { signing_policy: name, error: caught });
      return refused('Failed building the signing policy. See CA server log for details.');
    }
  },
});

function refused(reason: string): Plain {
  return { data: null, errors: [reason] };
}

/** Why the minion that asks may not use a policy. Who asks is what the master says of the session, never an argument. */
async function refuseAsker(minions: Value, context: FunctionContext): Promise<string | undefined> {
  if (minions === null) return undefined;
  const { asker } = context;
  if (asker === undefined) return 'minion sending this request could not be identified';
  const pattern = pythonStr(minions);
  if (!pattern.includes('@')) return matchGlob(pattern, asker) ? undefined : notPermitted;
  // As in Salt the minion itself is asked what it is: a policy for grains trusts them.
  const answers = await context.call('publish.publish', [asker, 'match.compound'], compoundQuestion(pattern));
  const answer = answers instanceof Map ? answers.get(asker) : undefined;
  if (answer === undefined)
    return 'Could not verify if minion matches compound matching expression. Make sure the ca_server is allowed to run `match.compound` on the requesting minion';
  return answer === true ? undefined : notPermitted;
}

function compoundQuestion(pattern: string): Dict {
  return new Map<Value, Value>([
    ['arg', [pattern]],
    ['timeout', patience],
  ]);
}

/** Seconds for the answer of the minion that asks; less than it waits for ours. */
const patience = 20;

const notPermitted = 'minion not permitted to use specified signing policy';

async function shownPolicy(policy: Dict, { host }: FunctionContext): Promise<Plain> {
  const shown = new Map<Value, Plain>([...policy].filter(([key]) => !ownParts.includes(pythonStr(key))));
  const signer = policy.get('signing_cert') ?? null;
  if (signer !== null) shown.set('signing_cert', await signerAsText(host, pythonStr(signer)));
  return shown;
}

async function sign(policy: Dict, kwargs: Dict, { host }: FunctionContext): Promise<Plain> {
  // Without it the certificate would sign itself, with the key of this machine and a subject of the other's.
  if ((policy.get('signing_cert') ?? null) === null) throw failed('The signing policy has no signing_cert to issue by');
  const wishes = new Map([...kwargs].filter(([key]) => remoteWishes.has(pythonStr(key))));
  for (const key of ['public_key', 'csr']) requireText(key, wishes.get(key) ?? null);
  const plan = await planCertificate(applySigningPolicy(wishes, policy), { host, now: new Date() });
  return wrapPem('CERTIFICATE', await issuePlanned(plan, host));
}

/** A path would be read on this machine for somebody else. */
function requireText(key: string, value: Value): void {
  if (value === null || pythonStr(value).includes('-----BEGIN ')) return;
  throw failed(`${key} has to be in PEM`);
}

function failed(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}
