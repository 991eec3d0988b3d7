import { AppError } from '@brine/common';
import { lineText, type ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** The arguments of the `postgres_cluster` states. */
export const clusterArguments = {
  name: lineText().describe('The cluster.'),
  version: lineText().describe('Version of the server, e.g. 15.'),
};

/** A cluster of Debian's PostgreSQL. */
export interface PostgresCluster {
  readonly port: string;
  readonly datadir: string;
}

/** The clusters of this machine by `VERSION/NAME`. Throws `provider-missing` or `state-failed`. */
export async function readClusters(host: ReadHost): Promise<ReadonlyMap<string, PostgresCluster>> {
  const command = ['pg_lsclusters', '--no-header'];
  const result = await host.inspect({ command, timeout: 60_000 });
  if (result.exitCode === 127)
    throw new AppError({ code: 'provider-missing', message: 'pg_lsclusters is not installed' });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const rows = result.stdout.split('\n').flatMap((line) => {
    const [version, name, port = '', , , datadir = ''] = line.trim().split(/\s+/);
    return name === undefined ? [] : [[`${version ?? ''}/${name}`, { port, datadir }] as const];
  });
  return new Map(rows);
}

/** What is wrong with the name of a cluster, which becomes part of paths and command lines. */
export function refuseCluster(version: string, name: string): string | undefined {
  if (!/^\d+(?:\.\d+)?$/.test(version)) return `${version} cannot be the version of a server`;
  return /^[\w.][\w.-]*$/.test(name) ? undefined : `The name ${name} cannot be that of a cluster`;
}
