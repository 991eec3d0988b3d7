import { z } from 'zod';
import { flag, lineText, operand, optional, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { initializeDatadir } from '../../providers/databases/postgres-initdb.ts';
import { failure } from '../failure.ts';

const name = operand().describe('Absolute path of the folder.');

export const datadirExists = defineFunction({
  name: 'postgres.datadir_exists',
  summary: 'Whether a folder is a data directory of PostgreSQL.',
  args: z.object({ name }),
  examples: ["'*' postgres.datadir_exists '/var/lib/pgsql/data'"],
  run: async (args, context) => isDatadir(args.name, context),
});

export const datadirInit = defineFunction({
  name: 'postgres.datadir_init',
  summary: 'Makes a data directory of PostgreSQL with initdb; false when there is one, or when that went wrong.',
  args: z.object({
    name,
    auth: withDefault(lineText(), 'password').describe('How accounts of this machine prove who they are.'),
    user: optional(lineText()).describe('Name of the first account of the database; that of runas unless given.'),
    password: secret(optional(lineText())).describe('Its password.'),
    encoding: withDefault(lineText(), 'UTF8').describe('Encoding of the databases.'),
    locale: optional(lineText()).describe('Locale of the databases.'),
    waldir: optional(operand()).describe('Folder of the log.'),
    checksums: withDefault(flag(), false).describe('Whether pages have checksums.'),
    runas: optional(lineText()).describe('Account initdb runs as; postgres unless given.'),
  }),
  examples: ["'*' postgres.datadir_init '/var/lib/pgsql/data' auth=peer"],
  async run(args, context) {
    if (!args.name.startsWith('/')) throw failure(`${args.name} is not an absolute path`);
    if (await isDatadir(args.name, context)) return false;
    try {
      await initializeDatadir(args, context.host);
      return true;
    } catch (error) {
      context.log.error('the data directory was not made', { error });
      context.setRetcode(1);
      return false;
    }
  },
});

async function isDatadir(folder: string, { host }: FunctionContext): Promise<boolean> {
  const files = ['PG_VERSION', 'postgresql.conf'].map((file) => `${folder}/${file}`);
  const found = await Promise.all(files.map((file) => host.files.stat(file, { follow: true })));
  return found.every((stat) => stat?.kind === 'file');
}
