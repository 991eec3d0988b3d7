import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { toAttributes } from '../files/ownership.ts';
import { isDirectory, parentOf } from '../files/paths.ts';

/** What a data directory is to be. */
export interface DatadirWish {
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

/** Makes a data directory with initdb. Throws `state-failed`. */
export async function initializeDatadir(wish: DatadirWish, machine: Host): Promise<void> {
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

function optionsOf(wish: DatadirWish): readonly string[] {
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
