import { z } from 'zod';
import { defineState, isOk, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { changeNft, familyArgument, hasTable, nameOfTable } from '../../providers/firewall/nftables.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `nftables.table_absent` */
export const tableAbsent = defineState({
  name: 'nftables.table_absent',
  summary: 'Removes a table of nftables with all that is in it.',
  args: z.object({ name: operand().describe('The table.'), family: familyArgument }),
  examples: [
    `old:
  nftables.table_absent:
    - family: inet`,
  ],
  acceptsUnknown: true,
  check: ({ name, family }, { host }) =>
    orFailure(async () => {
      const place = { family, table: name };
      if (!(await hasTable(host, place))) return isOk(`nftables table ${name} is already absent from family ${family}`);
      const changes = { locale: name };
      const pending = `nftables table ${name} would be deleted from family ${family}`;
      return willChange({ comment: pending, changes }, (machine) =>
        attempt(`Failed to delete table ${name} from family ${family}`, async () => {
          await changeNft(machine, ['delete', 'table', ...nameOfTable(place)]);
          return { comment: `nftables table ${name} successfully deleted from family ${family}`, changes };
        }),
      );
    }),
});
