import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { clusterArguments, readClusters, refuseCluster } from '../../providers/databases/postgres-clusters.ts';

/** `postgres_cluster.present` */
export const present = defineState({
  name: 'postgres_cluster.present',
  summary: "Keeps a cluster of Debian's PostgreSQL.",
  args: z.object({
    ...clusterArguments,
    port: optional(integer()).describe('Port of its server; the next that is free unless given.'),
    encoding: optional(lineText()).describe('Encoding of its databases.'),
    locale: optional(lineText()).describe('Locale of its databases.'),
    datadir: optional(lineText()).describe('Where its files lie.'),
    allow_group_access: withDefault(flag(), false).describe('Whether the group may read its files.'),
    data_checksums: withDefault(flag(), false).describe('Whether its pages have checksums.'),
    wal_segsize: optional(integer()).describe('Megabytes of a segment of its log.'),
  }),
  examples: [
    `main:
  postgres_cluster.present:
    - version: 15
    - data_checksums: true`,
  ],
  async check({ name, version, ...wish }, { host }) {
    const refusal = refuseCluster(version, name);
    if (refusal !== undefined) return fails(refusal);
    const whole = `${version}/${name}`;
    const found = (await readClusters(host)).get(whole);
    if (found !== undefined)
      return (wish.port === undefined || String(wish.port) === found.port) &&
        (wish.datadir ?? found.datadir) === found.datadir
        ? isOk(`Cluster ${whole} is already present`)
        : fails(`Cluster ${whole} has wrong parameters which couldn't be changed on fly.`);
    const changes = { [whole]: 'Present' };
    return willChange({ comment: `Cluster ${whole} is set to be created`, changes }, (machine) =>
      attempt(`Failed to create cluster ${whole}`, async () => {
        await runTool(machine, ['pg_createcluster', ...optionsOf(wish), version, name, ...initOptions(wish)]);
        return { comment: `The cluster ${whole} has been created`, changes };
      }),
    );
  },
});

interface Wish {
  readonly port: number | undefined;
  readonly encoding: string | undefined;
  readonly locale: string | undefined;
  readonly datadir: string | undefined;
  readonly allow_group_access: boolean;
  readonly data_checksums: boolean;
  readonly wal_segsize: number | undefined;
}

function optionsOf({ port, locale, encoding, datadir }: Wish): readonly string[] {
  return Object.entries({ port, locale, encoding, datadir }).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option}`, String(value)],
  );
}

function initOptions(wish: Wish): readonly string[] {
  const options = [
    ...(wish.allow_group_access ? ['--allow-group-access'] : []),
    ...(wish.data_checksums ? ['--data-checksums'] : []),
    ...(wish.wal_segsize === undefined ? [] : ['--wal-segsize', String(wish.wal_segsize)]),
  ];
  return options.length === 0 ? [] : ['--', ...options];
}
