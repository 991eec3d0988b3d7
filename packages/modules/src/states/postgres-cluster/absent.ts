import { z } from 'zod';
import { defineState, fails, isOk, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { clusterArguments, readClusters, refuseCluster } from '../../providers/databases/postgres-clusters.ts';

/** `postgres_cluster.absent` */
export const absent = defineState({
  name: 'postgres_cluster.absent',
  summary: "Removes a cluster of Debian's PostgreSQL with all its databases, and stops its server first.",
  args: z.object(clusterArguments),
  examples: [
    `old:
  postgres_cluster.absent:
    - version: 13`,
  ],
  async check({ name, version }, { host }) {
    const refusal = refuseCluster(version, name);
    if (refusal !== undefined) return fails(refusal);
    const whole = `${version}/${name}`;
    if (!(await readClusters(host)).has(whole)) return isOk(`Cluster ${whole} is not present, so it cannot be removed`);
    const changes = { [name]: 'Absent' };
    return willChange({ comment: `Cluster ${whole} is set to be removed`, changes }, (machine) =>
      attempt(`Failed to remove cluster ${whole}`, async () => {
        await runTool(machine, ['pg_dropcluster', '--stop', version, name]);
        return { comment: `Cluster ${whole} has been removed`, changes };
      }),
    );
  },
});
