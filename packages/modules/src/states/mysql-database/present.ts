import { isAppError, type Plain } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { connectMysql, mysqlArguments, quoteMysqlName, quoteMysqlText } from '../../providers/databases/mysql.ts';

/** `mysql_database.present` */
export const present = defineState({
  name: 'mysql_database.present',
  summary: 'Keeps a database of MySQL or MariaDB.',
  args: z.object({
    name: lineText().describe('The database.'),
    character_set: optional(lineText()).describe('Its character set, e.g. utf8mb4.'),
    collate: optional(lineText()).describe('Its order of texts.'),
    ...mysqlArguments,
  }),
  examples: [
    `app:
  mysql_database.present:
    - character_set: utf8mb4`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name, character_set: charset, collate } = args;
    if ([charset, collate].some((word) => word !== undefined && !/^\w+$/.test(word)))
      return fails(`The character set or order of database ${name} cannot be one`);
    const mysql = connectMysql(args, context);
    const words = [
      ...(charset === undefined ? [] : [`CHARACTER SET ${charset}`]),
      ...(collate === undefined ? [] : [`COLLATE ${collate}`]),
    ].join(' ');
    try {
      const sql = `SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = ${quoteMysqlText(name)}`;
      const [row] = await mysql.ask(context.host, sql);
      if (row === undefined) {
        const changes = { [name]: 'Present' };
        return willChange({ comment: `Database ${name} is not present and needs to be created`, changes }, (machine) =>
          attempt(`Failed to create database ${name}`, async () => {
            await mysql.run(machine, `CREATE DATABASE ${quoteMysqlName(name)} ${words}`);
            return { comment: `The database ${name} has been created`, changes };
          }),
        );
      }
      const changes = compare(row, args);
      if (Object.keys(changes).length === 0) return isOk(`Database ${name} is already present`);
      return willChange({ comment: `Database ${name} is going to be updated`, changes }, (machine) =>
        attempt(`Failed to update database ${name}`, async () => {
          await mysql.run(machine, `ALTER DATABASE ${quoteMysqlName(name)} ${words}`);
          return { comment: `Database ${name} has been updated`, changes };
        }),
      );
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

function compare(
  [charset = '', collate = '']: readonly string[],
  wanted: { readonly character_set: string | undefined; readonly collate: string | undefined },
): Record<string, Plain> {
  const differing = (key: string, before: string, now: string | undefined): Record<string, Plain> =>
    now === undefined || now === before ? {} : { [key]: { before, now } };
  return {
    ...differing('character_set', charset, wanted.character_set),
    ...differing('collate', collate, wanted.collate),
  };
}
