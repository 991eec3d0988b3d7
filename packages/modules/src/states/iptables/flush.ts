import { z } from 'zod';
import { defineState, isOk, lineText, operand, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { changeRules, iptablesArguments, readTable } from '../../providers/firewall/iptables.ts';

/** `iptables.flush` */
export const flush = defineState({
  name: 'iptables.flush',
  summary: 'Removes the rules of a chain, or of all chains of a table.',
  args: z.object({
    name: lineText().describe('How it is named in what is reported.'),
    ...iptablesArguments,
    chain: withDefault(operand(), '').describe('The chain; all of the table unless given.'),
  }),
  examples: [
    `no rules for forwarding:
  iptables.flush:
    - chain: FORWARD`,
  ],
  acceptsUnknown: true,
  async check({ name, chain, ...place }, { host }) {
    const chains = await readTable(host, place);
    const rules = chain === '' ? [...chains.values()].flatMap((each) => each.rules) : (chains.get(chain)?.rules ?? []);
    if (rules.length === 0 && (chain === '' || chains.has(chain)))
      return isOk(`No iptables rules in ${place.table} table ${chain} chain ${place.family} family`);
    const comment = `iptables rules in ${name} table ${place.table} chain ${place.family} family needs to be flushed`;
    const changes = { locale: name };
    return willChange({ comment, changes }, (machine) =>
      attempt('Failed to flush iptables rules', async () => {
        await changeRules(machine, place, ['-F', ...(chain === '' ? [] : [chain])]);
        const done = `Flush iptables rules in ${place.table} table ${chain} chain ${place.family} family`;
        return { comment: done, changes };
      }),
    );
  },
});
