import { z } from 'zod';
import { defineState, fails, isOk, lineText, oneOf, operand, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  changeNft,
  familyArgument,
  nameOfTable,
  nftName,
  readChain,
  saveArguments,
  saveNft,
  tableArgument,
} from '../../providers/firewall/nftables.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `nftables.set_policy` */
export const setPolicy = defineState({
  name: 'nftables.set_policy',
  summary: 'Keeps what a chain of nftables does with a packet that no rule is for.',
  args: z.object({
    name: lineText().describe('Any name.'),
    table: tableArgument,
    family: familyArgument,
    chain: operand().describe('The chain, one that hangs on a hook.'),
    policy: oneOf('accept', 'drop', 'ACCEPT', 'DROP').describe('accept or drop.'),
    ...saveArguments,
  }),
  examples: [
    `drop what is not allowed:
  nftables.set_policy:
    - family: inet
    - table: filter
    - chain: input
    - policy: drop`,
  ],
  acceptsUnknown: true,
  check: ({ name, table, family, chain, policy, save, save_filename: file }, { host, grains }) =>
    orFailure(async () => {
      const place = { family, table };
      const current = await readChain(host, place, chain);
      if (current?.base === undefined)
        return fails(`Failed to set nftables default policy: there is no chain ${chain} on a hook in table ${table}`);
      const { base } = current;
      const what = `nftables default policy for chain ${chain} on table ${table} for ${family}`;
      if (current.policy === policy.toLowerCase()) return isOk(`${what} already set to ${policy}`);
      const changes = { locale: name };
      return willChange({ comment: `${what} needs to be set to ${policy}`, changes }, (machine) =>
        attempt('Failed to set nftables default policy', async () => {
          const target = [...nameOfTable(place), nftName(chain)];
          await changeNft(machine, ['add', 'chain', ...target, `{ ${base}; policy ${policy.toLowerCase()}; }`]);
          if (save) await saveNft(machine, file, grains);
          const verb = save ? 'Set and saved' : 'Set';
          return { comment: `${verb} default policy for ${chain} to ${policy} family ${family}`, changes };
        }),
      );
    }),
});
