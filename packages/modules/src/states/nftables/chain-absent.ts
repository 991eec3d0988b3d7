import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
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

/** `nftables.chain_absent` */
export const chainAbsent = defineState({
  name: 'nftables.chain_absent',
  summary: 'Removes a chain of nftables with its rules.',
  args: z.object({ name: operand().describe('The chain.'), table: tableArgument, family: familyArgument }),
  examples: [
    `old:
  nftables.chain_absent:
    - table: filter`,
  ],
  check: ({ name, table, family }, { host }) =>
    orFailure(async () => {
      const place = { family, table };
      if ((await readChain(host, place, name)) === undefined)
        return isOk(`nftables ${name} chain is already absent in ${table} table for ${family}`);
      const changes = { locale: name };
      const pending = `nftables chain ${name} would be deleted from table ${table} for family ${family}`;
      return willChange({ comment: pending, changes }, (machine) =>
        attempt(`Failed to delete ${name} chain in ${table} table`, async () => {
          const target = [...nameOfTable(place), nftName(name)];
          await changeNft(machine, ['flush', 'chain', ...target]);
          await changeNft(machine, ['delete', 'chain', ...target]);
          return { comment: `nftables ${name} chain in ${table} table delete success for ${family}`, changes };
        }),
      );
    }),
});
