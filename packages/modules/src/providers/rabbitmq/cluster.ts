import { AppError } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { toolFailure } from '../commands/run-tool.ts';
import { orFailure } from '../or-failure.ts';
import { runRabbitmq } from './rabbitmq.ts';
import { readJson } from '../commands/read-json.ts';

const joinArguments = z.object({
  name: lineText().describe('Any name.'),
  host: lineText().describe('Host of the node to join.'),
  user: withDefault(lineText(), 'rabbit').describe('What stands before the host in its name.'),
  ram_node: optional(flag()).describe('Whether this node keeps its tables in memory only.'),
  runas: withDefault(lineText(), 'root').describe('Account rabbitmqctl runs as.'),
});

/** Declares the state that joins a cluster, under one of its names. */
export function defineJoin(name: string) {
  return defineState({
    name,
    summary: 'Keeps this node of RabbitMQ in the cluster of another.',
    args: joinArguments,
    examples: [
      `cluster:
  ${name}:
    - host: rabbit1.example.org`,
    ],
    check: ({ host: other, user, ram_node: inMemory, runas }, { host }) =>
      orFailure(async () => {
        const node = `${user}@${other}`;
        if (!/^[\w.@-]+$/.test(node) || node.startsWith('-')) return fails(`${node} cannot be the name of a node`);
        if ((await readNodes(host, runas)).includes(node)) return isOk('Already in cluster');
        const changes = { old: '', new: node };
        return willChange({ comment: `Node is set to join cluster ${node}`, changes }, (machine) =>
          attempt('', async () => {
            const runner = { runas };
            await runRabbitmq(machine, runner, ['rabbitmqctl', 'stop_app']);
            try {
              const memory = inMemory === true ? ['--ram'] : [];
              await runRabbitmq(machine, runner, ['rabbitmqctl', 'join_cluster', ...memory, node]);
            } finally {
              // A node that could not join serves what it had.
              await runRabbitmq(machine, runner, ['rabbitmqctl', 'start_app']);
            }
            return { comment: `Join cluster ${node}`, changes };
          }),
        );
      }),
  });
}

/** The nodes of this node's cluster that run or are kept on disk. */
async function readNodes(host: ReadHost, runas: string): Promise<readonly string[]> {
  const command = ['rabbitmqctl', '--quiet', '--formatter=json', 'cluster_status'];
  const result = await host.inspect({ command, timeout: 300_000, user: runas });
  if (result.exitCode === 127)
    throw new AppError({ code: 'provider-missing', message: 'Error: Command not found: rabbitmqctl' });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const status = readJson('rabbitmqctl', result.stdout) as Readonly<Record<string, readonly string[] | undefined>>;
  return ['running_nodes', 'disk_nodes', 'ram_nodes'].flatMap((kind) => status[kind] ?? []);
}
