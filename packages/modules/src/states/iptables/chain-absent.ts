import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { changeRules, iptablesArguments, readTable } from '../../providers/firewall/iptables.ts';

/** `iptables.chain_absent` */
export const chainAbsent = defineState({
  name: 'iptables.chain_absent',
  summary: 'Removes a chain with its rules.',
  args: z.object({ name: operand().describe('Name of the chain.'), ...iptablesArguments }),
  examples: [
    `logdrop:
  iptables.chain_absent: []`,
  ],
  async check({ name, ...place }, { host }) {
    const where = `${place.table} table`;
    if (!(await readTable(host, place)).has(name))
      return isOk(`iptables ${name} chain is already absent in ${where} for ${place.family}`);
    const changes = { locale: name };
    const comment = `iptables ${name} chain in ${where} needs to be removed ${place.family}`;
    return willChange({ comment, changes }, (machine) =>
      attempt(`Failed to delete ${name} chain in ${where}`, async () => {
        await changeRules(machine, place, ['-F', name]);
        await changeRules(machine, place, ['-X', name]);
        return { comment: `iptables ${name} chain in ${where} delete success for ${place.family}`, changes };
      }),
    );
  },
});
