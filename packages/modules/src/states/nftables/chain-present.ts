import { z } from 'zod';
import { defineState, fails, isOk, lineText, operand, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  changeNft,
  familyArgument,
  nameOfTable,
  nftName,
  readChain,
  tableArgument,
} from '../../providers/firewall/nftables.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `nftables.chain_present` */
export const chainPresent = defineState({
  name: 'nftables.chain_present',
  summary: 'Keeps a chain of nftables.',
  args: z.object({
    name: operand().describe('The chain.'),
    table: tableArgument,
    table_type: optional(lineText()).describe('Kind of a chain that hangs on a hook: filter, nat or route.'),
    hook: optional(lineText()).describe('The hook: input, output, forward, prerouting, postrouting.'),
    priority: optional(lineText()).describe('Its place on the hook, lower numbers first.'),
    family: familyArgument,
  }),
  examples: [
    `input:
  nftables.chain_present:
    - family: inet
    - table: filter
    - table_type: filter
    - hook: input
    - priority: 0`,
  ],
  check: ({ name, table, family, table_type: type, hook, priority }, { host }) =>
    orFailure(async () => {
      const place = { family, table };
      if ((await readChain(host, place, name)) !== undefined)
        return isOk(`nftables ${name} chain is already exist in ${table} table for ${family}`);
      const given = [type, hook, priority].filter((one) => one !== undefined);
      if (given.length > 0 && given.length < 3) return fails('Table_type, hook, and priority required.');
      if (given.some((one) => !/^[\w -]+$/.test(one)))
        return fails('Table_type, hook, and priority are words and numbers');
      const base = given.length === 0 ? [] : [`{ type ${type} hook ${hook} priority ${priority} ; }`];
      const changes = { locale: name };
      const pending = `nftables chain ${name} would be created in table ${table} for family ${family}`;
      return willChange({ comment: pending, changes }, (machine) =>
        attempt(`Failed to create ${name} chain in ${table} table`, async () => {
          await changeNft(machine, ['add', 'chain', ...nameOfTable(place), nftName(name), ...base]);
          return { comment: `nftables ${name} chain in ${table} table create success for ${family}`, changes };
        }),
      );
    }),
});
