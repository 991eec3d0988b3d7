import { z } from 'zod';
import { defineState, fails, isOk, lineText, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  changeRules,
  iptablesArguments,
  readTable,
  saveArgument,
  savedRulesFile,
  saveRules,
} from '../../providers/firewall/iptables.ts';

/** `iptables.set_policy` */
export const setPolicy = defineState({
  name: 'iptables.set_policy',
  summary: 'Keeps the policy of a chain: what becomes of what no rule is for.',
  args: z.object({
    name: lineText().describe('How it is named in what is reported.'),
    ...iptablesArguments,
    chain: operand().describe('The chain.'),
    policy: operand().describe('ACCEPT or DROP.'),
    save: saveArgument,
  }),
  examples: [
    `closed by default:
  iptables.set_policy:
    - chain: INPUT
    - policy: DROP`,
  ],
  acceptsUnknown: true,
  async check({ name, chain, policy, save, ...place }, { host, grains }) {
    const found = (await readTable(host, place)).get(chain)?.policy;
    const where = `chain ${chain} on table ${place.table} for ${place.family}`;
    if (found === policy) return isOk(`iptables default policy for ${where} already set to ${policy}`);
    if (!/^\w+$/.test(policy)) return fails(`The policy ${policy} cannot be one of a chain`);
    const file = save === undefined || save === false ? undefined : savedRulesFile(save, place.family, grains);
    const changes = { locale: name };
    return willChange(
      { comment: `iptables default policy for ${where} needs to be set to ${policy}`, changes },
      (machine) =>
        attempt('Failed to set iptables default policy', async () => {
          await changeRules(machine, place, ['-P', chain, policy]);
          if (file !== undefined) await saveRules(machine, file, place.family);
          const done = file === undefined ? 'Set' : 'Set and saved';
          return { comment: `${done} default policy for ${chain} to ${policy} family ${place.family}`, changes };
        }),
    );
  },
});
