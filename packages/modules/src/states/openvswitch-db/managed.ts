import { equalValues, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { argument, defineState, isOk, operand, optional, willChange, type Argument } from '../../kit/index.ts';
import { readColumn, setColumnWords } from '../../providers/openvswitch/columns.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `openvswitch_db.managed` */
export const managed = defineState({
  name: 'openvswitch_db.managed',
  summary: 'Keeps columns of a record of the database of Open vSwitch.',
  args: z.object({
    name: operand().describe('The record, unless `record` names it.'),
    table: operand().describe('The table of the record.'),
    data: columns().describe('Values by column; other columns stay as they are.'),
    record: optional(operand()).describe('The record.'),
  }),
  examples: [
    `br0:
  openvswitch_db.managed:
    - table: Interface
    - data:
        mac: 02:03:04:05:06:07`,
  ],
  check: ({ name, table, data, record = name }, { host }) =>
    orFailure(async () => {
      const place = { table, record };
      const wanted: (readonly [string, Value, Value])[] = [];
      for (const [column, value] of data) {
        const current = await readColumn(host, place, { column, ifExists: true });
        if (!equalValues(current, value)) wanted.push([column, current, value]);
      }
      if (wanted.length === 0) return isOk('All columns are already up to date.');
      const comment = 'Columns have been updated.';
      const changes: Record<string, Plain> = {};
      for (const [column, old, value] of wanted) changes[column] = { old, new: value };
      return willChange({ comment, changes }, async (machine) => {
        const done: Record<string, Plain> = {};
        for (const [column, , value] of wanted) {
          const command = ['ovs-vsctl', ...setColumnWords(place, { column, value })];
          const { exitCode, stderr } = await machine.run({ command, timeout: 300_000 });
          if (exitCode !== 0)
            return { comment: `Error while updating column ${column}: ${stderr.trim()}`, changes: done, failed: true };
          done[column] = changes[column] ?? null;
        }
        return { comment, changes };
      });
    }),
});

/** Values by names of columns. */
function columns(): Argument<ReadonlyMap<string, Value>> {
  return argument('a dict of values by column', (value) => {
    if (!(value instanceof Map)) return undefined;
    const rows = Array.from(value, ([column, one]) => [pythonStr(column), one] as const);
    return rows.every(([column]) => /^\w+$/.test(column)) ? new Map(rows) : undefined;
  });
}
