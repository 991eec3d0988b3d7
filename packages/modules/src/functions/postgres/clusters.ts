import { z } from 'zod';
import { flag, integer, lineText, operand, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { refuseCluster } from '../../providers/databases/postgres-clusters.ts';
import { failure } from '../failure.ts';
import { readOutput, runProgram } from '../run-program.ts';
import type { FunctionContext } from '../../kit/context.ts';

const version = lineText().describe('Version of the server, e.g. 15.');
const name = withDefault(lineText(), 'main').describe('The cluster.');
const timeout = 600_000;

export const clusterList = defineFunction({
  name: 'postgres.cluster_list',
  summary: "The clusters of Debian's PostgreSQL, as `VERSION/NAME`.",
  args: z.object({ verbose: withDefault(flag(), false).describe('Tell port, state, user and places too.') }),
  examples: ["'*' postgres.cluster_list", "'*' postgres.cluster_list verbose=True"],
  async run({ verbose }, context) {
    const clusters = await listClusters(context);
    return verbose ? clusters : Object.keys(clusters);
  },
});

export const clusterExists = defineFunction({
  name: 'postgres.cluster_exists',
  summary: "Whether there is a cluster of Debian's PostgreSQL.",
  args: z.object({ version, name }),
  examples: ["'*' postgres.cluster_exists '9.3'", "'*' postgres.cluster_exists '9.3' 'main'"],
  run: async (args, context) => Object.hasOwn(await listClusters(context), `${args.version}/${args.name}`),
});

export const clusterCreate = defineFunction({
  name: 'postgres.cluster_create',
  summary: "Makes a cluster of Debian's PostgreSQL; false when that went wrong.",
  args: z.object({
    ...{ version, name },
    port: optional(integer()).describe('Port of its server; the next that is free unless given.'),
    locale: optional(lineText()).describe('Locale of its databases.'),
    encoding: optional(lineText()).describe('Encoding of its databases.'),
    datadir: optional(operand()).describe('Where its files lie.'),
    allow_group_access: withDefault(flag(), false).describe('Whether the group may read its files.'),
    data_checksums: withDefault(flag(), false).describe('Whether its pages have checksums.'),
    wal_segsize: optional(integer()).describe('Megabytes of a segment of its log.'),
  }),
  examples: ["'*' postgres.cluster_create '9.3'", "'*' postgres.cluster_create '9.3' locale='fr_FR'"],
  async run({ port, locale, encoding, datadir, ...args }, context) {
    requireCluster(args);
    const own = Object.entries({ port, locale, encoding, datadir }).flatMap(([option, value]) =>
      value === undefined ? [] : [`--${option}=${value}`],
    );
    const further = [
      ...(args.allow_group_access ? ['--allow-group-access'] : []),
      ...(args.data_checksums ? ['--data-checksums'] : []),
      ...(args.wal_segsize === undefined ? [] : [`--wal-segsize=${args.wal_segsize}`]),
    ];
    const separated = further.length === 0 ? [] : ['--', ...further];
    const answer = await tell(context, ['pg_createcluster', ...own, args.version, args.name, ...separated]);
    return answer.retcode === 0 ? answer : false;
  },
});

export const clusterRemove = defineFunction({
  name: 'postgres.cluster_remove',
  summary: "Removes a cluster of Debian's PostgreSQL with all its databases.",
  args: z.object({ version, name, stop: withDefault(flag(), false).describe('Stop its server first.') }),
  examples: ["'*' postgres.cluster_remove '9.3'", "'*' postgres.cluster_remove '9.3' 'main' stop=True"],
  async run({ stop, ...args }, context) {
    requireCluster(args);
    const answer = await tell(context, ['pg_dropcluster', ...(stop ? ['--stop'] : []), args.version, args.name]);
    const changes = `Successfully removed cluster ${args.version}/${args.name}`;
    return answer.retcode === 0 ? { ...answer, changes } : answer;
  },
});

function requireCluster(given: { readonly version: string; readonly name: string }): void {
  const refusal = refuseCluster(given.version, given.name);
  if (refusal !== undefined) throw failure(refusal);
}

async function tell(context: FunctionContext, command: readonly string[]) {
  const { exitCode, pid, stdout, stderr } = await runProgram(context, command, { timeout });
  if (exitCode !== 0) {
    context.log.error('program failed', { program: command[0], said: stderr.trim() });
    context.setRetcode(exitCode);
  }
  return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

async function listClusters(context: FunctionContext) {
  const said = await readOutput(context, ['pg_lsclusters', '--no-header'], { timeout });
  const rows = said.split('\n').flatMap((line) => {
    const [wanted, cluster, port, status = '', user = '', datadir = '', log = ''] = line.trim().split(/\s+/);
    if (cluster === undefined) return [];
    return [[`${wanted ?? ''}/${cluster}`, { port: Number(port), status, user, datadir, log }] as const];
  });
  return Object.fromEntries(rows);
}
