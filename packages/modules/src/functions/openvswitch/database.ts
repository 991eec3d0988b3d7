import { z } from 'zod';
import { flag, givenValue, operand, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readColumn, setColumnWords } from '../../providers/openvswitch/columns.ts';
import { complaint, runProgram } from '../run-program.ts';

const place = {
  table: operand().describe('The table.'),
  record: operand().describe('The record.'),
  column: operand()
    .refine((name) => /^\w+$/.test(name), 'must be the name of a column')
    .describe('The column.'),
};
const ifExists = withDefault(flag(), false).describe('Whether a record that is not there is no fault.');

export const dbGet = defineFunction({
  name: 'openvswitch.db_get',
  summary: 'The value of a column of a record.',
  args: z.object({ ...place, if_exists: ifExists }),
  examples: ["'*' openvswitch.db_get Port br0 vlan_mode"],
  run: async ({ column, if_exists: isLenient, ...record }, { host }) =>
    readColumn(host, record, { column, ifExists: isLenient }),
});

export const dbSet = defineFunction({
  name: 'openvswitch.db_set',
  summary: 'Sets a column of a record; answers what stood against it, or None.',
  args: z.object({ ...place, value: givenValue().describe('The value.'), if_exists: ifExists }),
  examples: ["'*' openvswitch.db_set Interface br0 mac 02:03:04:05:06:07"],
  async run({ column, value, if_exists: isLenient, ...record }, context) {
    const words = [...(isLenient ? ['--if-exists'] : []), ...setColumnWords(record, { column, value })];
    const result = await runProgram(context, ['ovs-vsctl', ...words]);
    return result.exitCode === 0 ? null : complaint(result);
  },
});
