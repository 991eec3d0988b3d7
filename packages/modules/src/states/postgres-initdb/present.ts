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
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { toAttributes } from '../../providers/files/ownership.ts';
import { isDirectory, parentOf } from '../../providers/files/paths.ts';

/** `postgres_initdb.present` */
export const present = defineState({
  name: 'postgres_initdb.present',
  summary: 'Keeps a data directory of PostgreSQL, made with initdb.',
  args: z.object({
    name: operand().describe('Absolute path of the directory.'),
    user: optional(lineText()).describe('Name of the first account of the database; that of runas unless given.'),
    password: optional(lineText()).describe('Its password.'),
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
        await initialize(args, machine);
        return { comment: `Postgres data directory ${name} has been initialized`, changes };
      }),
    );
  },
});

interface Wish {
  readonly name: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly auth: string;
  readonly encoding: string;
  readonly locale: string | undefined;
  readonly runas: string | undefined;
  readonly waldir: string | undefined;
  readonly checksums: boolean;
}

async function initialize(wish: Wish, machine: Host): Promise<void> {
  const { name, password, runas = 'postgres' } = wish;
  const owner = await toAttributes(machine, { user: runas });
  if (!(await isDirectory(machine, name)))
    await machine.files.makeDirectory(name, { ...owner, mode: 0o700, parents: true });
  // On the command line it would be for everyone to see.
  const passwordFile = `${parentOf(name)}/.initdb-${process.pid}`;
  if (password !== undefined)
    await machine.files.write(passwordFile, Buffer.from(`${password}\n`), { ...owner, mode: 0o600 });
  try {
    const secret = password === undefined ? [] : [`--pwfile=${passwordFile}`];
    await runTool(machine, [await findInitdb(machine), ...optionsOf(wish), ...secret], { user: runas });
  } finally {
    if (password !== undefined) await machine.files.remove(passwordFile);
  }
}

function optionsOf(wish: Wish): readonly string[] {
  const option = (flagName: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--${flagName}=${value}`];
  return [
    ...option('pgdata', wish.name),
    ...option('username', wish.user),
    ...option('auth', wish.auth),
    ...option('encoding', wish.encoding),
    ...option('locale', wish.locale),
    ...option('waldir', wish.waldir),
    ...(wish.checksums ? ['--data-checksums'] : []),
  ];
}

// Debian keeps it off the search path, one for each version.
async function findInitdb(host: ReadHost): Promise<string> {
  const onPath = await host.which('initdb');
  if (onPath !== undefined) return onPath;
  const versions = (await host.files.list('/usr/lib/postgresql')) ?? [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? 'initdb' : `/usr/lib/postgresql/${newest}/bin/initdb`;
}
