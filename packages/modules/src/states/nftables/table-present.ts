import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { changeNft, familyArgument, hasTable, nameOfTable } from '../../providers/firewall/nftables.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `nftables.table_present` */
export const tablePresent = defineState({
  name: 'nftables.table_present',
  summary: 'Keeps a table of nftables.',
  args: z.object({ name: operand().describe('The table.'), family: familyArgument }),
  examples: [
    `filter:
  nftables.table_present:
    - family: inet`,
  ],
  acceptsUnknown: true,
  check: ({ name, family }, { host }) =>
    orFailure(async () => {
      const place = { family, table: name };
      if (await hasTable(host, place)) return isOk(`nftables table ${name} already exists in family ${family}`);
      const changes = { locale: name };
      return willChange(
        { comment: `nftables table ${name} would be created in family ${family}`, changes },
        (machine) =>
          attempt(`Failed to create table ${name} for family ${family}`, async () => {
            await changeNft(machine, ['add', 'table', ...nameOfTable(place)]);
            return { comment: `nftables table ${name} successfully created in family ${family}`, changes };
          }),
      );
    }),
});
