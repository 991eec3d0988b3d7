import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { changeRules, iptablesArguments, readTable } from '../../providers/firewall/iptables.ts';

/** `iptables.chain_present` */
export const chainPresent = defineState({
  name: 'iptables.chain_present',
  summary: 'Keeps a chain of rules.',
  args: z.object({ name: operand().describe('Name of the chain.'), ...iptablesArguments }),
  examples: [
    `logdrop:
  iptables.chain_present: []`,
  ],
  async check({ name, ...place }, { host }) {
    const where = `${place.table} table`;
    if ((await readTable(host, place)).has(name))
      return isOk(`iptables ${name} chain is already exist in ${where} for ${place.family}`);
    const changes = { locale: name };
    const comment = `iptables ${name} chain in ${where} needs to be set for ${place.family}`;
    return willChange({ comment, changes }, (machine) =>
      attempt(`Failed to create ${name} chain in ${where}`, async () => {
        await changeRules(machine, place, ['-N', name]);
        return { comment: `iptables ${name} chain in ${where} create success for ${place.family}`, changes };
      }),
    );
  },
});
