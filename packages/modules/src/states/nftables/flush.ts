import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  operand,
  optional,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  changeNft,
  familyArgument,
  hasTable,
  listChains,
  nameOfTable,
  nftName,
  readChain,
  tableArgument,
  type NftPlace,
} from '../../providers/firewall/nftables.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `nftables.flush` */
export const flush = defineState({
  name: 'nftables.flush',
  summary: 'Keeps a chain, or all chains of a table, without rules.',
  args: z.object({
    name: lineText().describe('Any name.'),
    family: familyArgument,
    ignore_absence: withDefault(flag(), false).describe('Whether a table or chain that is not there will do.'),
    table: tableArgument,
    chain: optional(operand()).describe('The chain; all of the table unless given.'),
  }),
  examples: [
    `no rules:
  nftables.flush:
    - table: filter
    - chain: input`,
  ],
  acceptsUnknown: true,
  check: ({ name, family, table, chain, ignore_absence: maybe }, { host }) =>
    orFailure(async () => {
      const place = { family, table };
      const what = `${table} table ${chain ?? ''} chain ${family} family`;
      const missing = await findMissing(host, place, chain);
      if (missing !== undefined) return maybe ? isOk(`There are no nftables rules in ${what}`) : fails(missing);
      const chains = chain === undefined ? await listChains(host, place) : [chain];
      const found = await Promise.all(chains.map((one) => readChain(host, place, one)));
      if (found.every((one) => one === undefined || one.rules.length === 0))
        return isOk(`There are no nftables rules in ${what}`);
      const changes = { locale: name };
      return willChange({ comment: `nftables rules in ${what} are set to be flushed`, changes }, (machine) =>
        attempt('Failed to flush nftables rules', async () => {
          const target =
            chain === undefined ? ['table', ...nameOfTable(place)] : ['chain', ...nameOfTable(place), nftName(chain)];
          await changeNft(machine, ['flush', ...target]);
          return { comment: `Flush nftables rules in ${what}`, changes };
        }),
      );
    }),
});

async function findMissing(host: ReadHost, place: NftPlace, chain: string | undefined): Promise<string | undefined> {
  const { family, table } = place;
  if (!(await hasTable(host, place)))
    return `Failed to flush table ${table} in family ${family}, table does not exist.`;
  if (chain === undefined || (await readChain(host, place, chain)) !== undefined) return undefined;
  return `Failed to flush chain ${chain} in table ${table} in family ${family}, chain does not exist.`;
}
