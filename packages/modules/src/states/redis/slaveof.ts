import { z } from 'zod';
import { defineState, fails, integer, isOk, lineText, operand, optional, willChange, secret } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { connectRedis, redisArguments } from '../../providers/redis/redis.ts';

/** `redis.slaveof` */
export const slaveof = defineState({
  name: 'redis.slaveof',
  summary: 'Keeps a server of Redis a replica of the master that a sentinel names.',
  args: z.object({
    name: operand().describe('Name of the master, as sentinels know it.'),
    sentinel_host: optional(lineText()).describe('Host of the sentinel; localhost unless given.'),
    sentinel_port: optional(integer()).describe('Its port; 26379 unless given.'),
    sentinel_password: secret(optional(lineText())).describe('Its password.'),
    ...redisArguments,
  }),
  examples: [
    `main:
  redis.slaveof:
    - sentinel_host: sentinel.example.org`,
  ],
  acceptsUnknown: true,
  check: ({ name, sentinel_host: host, sentinel_port: port, sentinel_password: password, ...server }, context) =>
    orFailure(async () => {
      const own = connectRedis(server, context);
      const sentinel = connectRedis({ host, port: port ?? 26379, db: undefined, password }, context);
      const told = await sentinel.ask(context.host, ['sentinel', 'get-master-addr-by-name', name]);
      const [masterHost = '', masterPort = ''] = told.split('\n');
      if (masterHost === '') return fails(`The sentinel knows no master ${name}`);
      const ownAddresses = (await context.host.inspect({ command: ['hostname', '-I'] })).stdout.trim().split(/\s+/);
      if (ownAddresses.includes(masterHost)) return isOk(`Minion is the master: ${name}`);
      const old = masterOf(await own.ask(context.host, ['info', 'replication']));
      if (old.master_host === masterHost && old.master_port === masterPort)
        return isOk(`Minion already slave of master: ${name}`);
      const changes = { old, new: { master_host: masterHost, master_port: masterPort } };
      return willChange({ comment: `Minion will be made a slave of ${name}: ${masterHost}`, changes }, (machine) =>
        attempt('Failed to setup slave', async () => {
          await own.run(machine, ['replicaof', masterHost, masterPort]);
          return { comment: `Minion successfully connected to master: ${name}`, changes };
        }),
      );
    }),
});

function masterOf(info: string): { readonly master_host: string; readonly master_port: string } {
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  return { master_host: field('master_host'), master_port: field('master_port') };
}
