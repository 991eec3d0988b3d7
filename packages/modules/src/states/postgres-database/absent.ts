import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  askPostgres,
  postgresArguments,
  quoteName,
  quoteText,
  runPostgres,
} from '../../providers/databases/postgres.ts';

/** `postgres_database.absent` */
export const absent = defineState({
  name: 'postgres_database.absent',
  summary: 'Keeps a database of PostgreSQL away.',
  args: z.object({ name: lineText().describe('The database.'), ...postgresArguments }),
  examples: [
    `old:
  postgres_database.absent: []`,
  ],
  async check(args, { host }) {
    const { name } = args;
    try {
      const rows = await askPostgres(host, args, `SELECT 1 FROM pg_database WHERE datname = ${quoteText(name)}`);
      if (rows.length === 0) return isOk(`Database ${name} is not present, so it cannot be removed`);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
    const changes = { [name]: 'Absent' };
    return willChange({ comment: `Database ${name} is set to be removed`, changes }, (machine) =>
      attempt(`Database ${name} failed to be removed`, async () => {
        await runPostgres(machine, args, `DROP DATABASE ${quoteName(name)}`);
        return { comment: `Database ${name} has been removed`, changes };
      }),
    );
  },
});
