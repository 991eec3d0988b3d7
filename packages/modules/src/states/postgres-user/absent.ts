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

/** `postgres_user.absent` */
export const absent = defineState({
  name: 'postgres_user.absent',
  summary: 'Keeps a role of PostgreSQL away.',
  args: z.object({ name: lineText().describe('The role.'), ...postgresArguments }),
  examples: [
    `leaver:
  postgres_user.absent: []`,
  ],
  async check(args, { host }) {
    const { name } = args;
    try {
      const rows = await askPostgres(host, args, `SELECT 1 FROM pg_roles WHERE rolname = ${quoteText(name)}`);
      if (rows.length === 0) return isOk(`User ${name} is not present, so it cannot be removed`);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
    const changes = { [name]: 'Absent' };
    return willChange({ comment: `User ${name} is set to be removed`, changes }, (machine) =>
      attempt(`User ${name} failed to be removed`, async () => {
        await runPostgres(machine, args, `DROP ROLE ${quoteName(name)}`);
        return { comment: `User ${name} has been removed`, changes };
      }),
    );
  },
});
