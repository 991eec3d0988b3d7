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
  secret,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { initializeDatadir } from '../../providers/databases/postgres-initdb.ts';

/** `postgres_initdb.present` */
export const present = defineState({
  name: 'postgres_initdb.present',
  summary: 'Keeps a data directory of PostgreSQL, made with initdb.',
  args: z.object({
    name: operand().describe('Absolute path of the directory.'),
    user: optional(lineText()).describe('Name of the first account of the database; that of runas unless given.'),
    password: secret(optional(lineText())).describe('Its password.'),
    auth: withDefault(lineText(), 'password').describe('How accounts of this machine prove who they are.'),
    encoding: withDefault(lineText(), 'UTF8').describe('Encoding of the databases.'),
    locale: optional(lineText()).describe('Locale of the databases.'),
    runas: optional(lineText()).describe('Account initdb runs as; postgres unless given.'),
    waldir: optional(lineText()).describe('Directory of the log.'),
    checksums: withDefault(flag(), false).describe('Whether pages have checksums.'),
  }),
  examples: [
    `/srv/postgres/data:
  postgres_initdb.present:
    - auth: peer
    - checksums: true`,
  ],
  async check(args, { host }) {
    const { name } = args;
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    if ((await host.files.stat(`${name}/PG_VERSION`)) !== undefined)
      return isOk(`Postgres data directory ${name} is already present`);
    if (args.password === undefined && ['password', 'md5', 'scram-sha-256'].includes(args.auth))
      return fails(`Postgres data directory ${name} initialization failed: auth ${args.auth} needs a password`);
    const changes = { [name]: 'Present' };
    return willChange({ comment: `Postgres data directory ${name} is set to be initialized`, changes }, (machine) =>
      attempt(`Postgres data directory ${name} initialization failed`, async () => {
        await initializeDatadir(args, machine);
        return { comment: `Postgres data directory ${name} has been initialized`, changes };
      }),
    );
  },
});
