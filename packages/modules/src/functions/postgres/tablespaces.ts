import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { dict, lineText, optional } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { quoteName, quoteText } from '../../providers/databases/postgres.ts';
import { execute, serverArguments } from './server.ts';

const name = lineText().describe('Name of the tablespace.');

export const tablespaceCreate = defineFunction({
  name: 'postgres.tablespace_create',
  summary: 'Makes a tablespace; answers whether that went well.',
  args: z.object({
    name,
    location: lineText().describe('The empty folder in which it lies.'),
    options: optional(dict()).describe('Its options, e.g. `seq_page_cost`.'),
    owner: optional(lineText()).describe('Its owner.'),
    ...serverArguments,
  }),
  examples: ["'*' postgres.tablespace_create tablespacename '/path/datadir'"],
  run({ options, owner, location, ...args }, context) {
    const settings = [...(options ?? [])].map(([key, value]) => setting(pythonStr(key), pythonStr(value)));
    const words = [
      `CREATE TABLESPACE ${quoteName(args.name)}`,
      ...(owner === undefined ? [] : [`OWNER ${quoteName(owner)}`]),
      `LOCATION ${quoteText(location)}`,
      ...(settings.length === 0 ? [] : [`WITH (${settings.join(', ')})`]),
    ];
    return execute(context, args, words.join(' '));
  },
});

export const tablespaceAlter = defineFunction({
  name: 'postgres.tablespace_alter',
  summary: 'Changes name, owner or options of a tablespace; answers whether that went well.',
  args: z.object(
    inOrder(
      {
        name,
        ...serverArguments,
        new_name: optional(lineText()).describe('Its new name.'),
        new_owner: optional(lineText()).describe('Its new owner.'),
        set_option: optional(dict()).describe('An option that it is to have, with its value.'),
        reset_option: optional(lineText()).describe('An option that it is to have no longer.'),
      },
      'name user host port maintenance_db password new_name new_owner set_option reset_option runas',
    ),
  ),
  examples: [
    "'*' postgres.tablespace_alter tsname new_owner=otheruser",
    "'*' postgres.tablespace_alter index_space new_name=fast_raid",
    `'*' postgres.tablespace_alter test "set_option={'seq_page_cost': '1.1'}"`,
    "'*' postgres.tablespace_alter tsname reset_option=seq_page_cost",
  ],
  async run({ new_name: renamed, new_owner: owner, set_option: set, reset_option: reset, ...args }, context) {
    const settings = [...(set ?? [])].map(([key, value]) => setting(pythonStr(key), pythonStr(value)));
    // The new name last, so that all of them find the old one.
    const clauses = [
      ...(owner === undefined ? [] : [`OWNER TO ${quoteName(owner)}`]),
      ...(settings.length === 0 ? [] : [`SET (${settings.join(', ')})`]),
      ...(reset === undefined ? [] : [`RESET (${quoteName(reset)})`]),
      ...(renamed === undefined ? [] : [`RENAME TO ${quoteName(renamed)}`]),
    ];
    for (const clause of clauses) {
      if (!(await execute(context, args, `ALTER TABLESPACE ${quoteName(args.name)} ${clause}`))) return false;
    }
    return true;
  },
});

export const tablespaceRemove = defineFunction({
  name: 'postgres.tablespace_remove',
  summary: 'Removes a tablespace; answers whether that went well.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.tablespace_remove tsname"],
  run: (args, context) => execute(context, args, `DROP TABLESPACE ${quoteName(args.name)}`),
});

function setting(key: string, value: string): string {
  return `${quoteName(key)} = ${quoteText(value)}`;
}
