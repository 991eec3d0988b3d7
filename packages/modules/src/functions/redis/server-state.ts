import { toFloat, type Plain } from '@brine/common';
import { z } from 'zod';
import { integer, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { RedisServer } from '../../providers/redis/redis.ts';
import { connection, itemsOf, send, toPairs, toPlain } from './server.ts';

export const ping = plain('redis.ping', ['PING'], 'Whether the server answers.', (reply) => reply === 'PONG');
export const bgrewriteaof = plain(
  'redis.bgrewriteaof',
  ['BGREWRITEAOF'],
  'Has the server write its log of changes anew; answers true.',
  () => true,
);
export const bgsave = plain(
  'redis.bgsave',
  ['BGSAVE'],
  'Has the server save its data aside; answers true.',
  () => true,
);
export const save = plain(
  'redis.save',
  ['SAVE'],
  'Has the server save its data; answers true.',
  (reply) => reply === 'OK',
);
export const dbsize = plain('redis.dbsize', ['DBSIZE'], 'How many keys the database has.', (reply) => reply);
export const flushall = plain(
  'redis.flushall',
  ['FLUSHALL'],
  'Removes all keys; answers true.',
  (reply) => reply === 'OK',
);
export const flushdb = plain(
  'redis.flushdb',
  ['FLUSHDB'],
  'Removes all keys of the database; answers true.',
  (reply) => reply === 'OK',
);
export const lastsave = plain(
  'redis.lastsave',
  ['LASTSAVE'],
  'When the data was saved last: seconds since the epoch.',
  (reply) => reply,
);
export const time = plain('redis.time', ['TIME'], 'The time of the server: seconds since the epoch.', (reply) =>
  Array.isArray(reply) ? Number(reply[0]) : null,
);

function plain(name: string, command: readonly string[], summary: string, read: (reply: Plain) => Plain) {
  return defineFunction({
    name,
    summary,
    args: z.object(connection),
    examples: [`'*' ${name}`],
    run: async (args, context) => read(toPlain(await send(context, args, command))),
  });
}

export const configGet = defineFunction({
  name: 'redis.config_get',
  summary: 'The settings of the server that fit a pattern.',
  args: z.object({ pattern: withDefault(text(), '*').describe('The pattern.'), ...connection }),
  examples: ["'*' redis.config_get", "'*' redis.config_get port"],
  run: async (args, context) => toPairs(await send(context, args, ['CONFIG', 'GET', args.pattern])),
});

export const configSet = defineFunction({
  name: 'redis.config_set',
  summary: 'Sets a setting of the server; answers true.',
  args: z.object({ name: text().describe('The setting.'), value: text().describe('Its value.'), ...connection }),
  examples: ["'*' redis.config_set masterauth luv_kittens"],
  run: async (args, context) => (await send(context, args, ['CONFIG', 'SET', args.name, args.value])) === 'OK',
});

export const info = defineFunction({
  name: 'redis.info',
  summary: 'What the server tells of itself.',
  args: z.object(connection),
  examples: ["'*' redis.info"],
  run: (args, context) => readInfo(context, args),
});

async function readInfo(context: FunctionContext, server: RedisServer): Promise<Record<string, Plain>> {
  const told = String(toPlain(await send(context, server, ['INFO'])) as string);
  const rows = told.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return Object.fromEntries(
    rows.map((row) => {
      const key = row.slice(0, row.indexOf(':'));
      return [key, readFact(row.slice(key.length + 1))] as const;
    }),
  );
}

// Numbers are numbers, and `a=1,b=2` is a dictionary, as clients in Python read them.
function readFact(text: string): Plain {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (/^-?\d+\.\d+$/.test(text)) return toFloat(Number(text));
  if (!text.includes(',') || !text.includes('=')) return text;
  const parts = text.split(',').map((part) => part.split('='));
  return Object.fromEntries(parts.map(([key = '', value = '']) => [key, readFact(value)]));
}

export const getMasterIp = defineFunction({
  name: 'redis.get_master_ip',
  summary: 'Address and port of the server that this one copies; empty texts when it copies none.',
  args: z.object({ host: connection.host, port: connection.port, password: connection.password }),
  examples: ["'*' redis.get_master_ip"],
  async run(args, context) {
    const facts = await readInfo(context, { ...args, db: undefined });
    return { master_host: facts['master_host'] ?? '', master_port: facts['master_port'] ?? '' };
  },
});

export const sentinelGetMasterIp = defineFunction({
  name: 'redis.sentinel_get_master_ip',
  summary: 'Address and port of a master, as a sentinel knows it.',
  args: z.object({
    master: text().describe('Name of the master.'),
    host: connection.host,
    port: connection.port,
    password: connection.password,
  }),
  examples: ["'*' redis.sentinel_get_master_ip 'mymaster'"],
  async run(args, context) {
    const where = { ...args, port: args.port ?? 26_379, db: undefined };
    const reply = await send(context, where, ['SENTINEL', 'get-master-addr-by-name', args.master]);
    const [host = null, port = null] = itemsOf(reply);
    return { master_host: toPlain(host), master_port: port === null ? null : Number(port) };
  },
});

export const slaveof = defineFunction({
  name: 'redis.slaveof',
  summary: 'Has the server copy another one, or none; answers true.',
  args: z.object({
    master_host: optional(text()).describe('The other server; none unless given.'),
    master_port: optional(integer()).describe('Its port; 6379 unless given.'),
    ...connection,
  }),
  examples: ["'*' redis.slaveof redis-n01.example.com 6379", "'*' redis.slaveof"],
  async run(args, context) {
    const other = args.master_host === undefined ? ['NO', 'ONE'] : [args.master_host, args.master_port ?? 6379];
    const reply = await send(context, args, ['SLAVEOF', ...other]);
    return typeof reply === 'string' && reply.startsWith('OK');
  },
});

export const shutdown = defineFunction({
  name: 'redis.shutdown',
  summary: 'Saves the data and ends the server; answers whether it is gone.',
  args: z.object(connection),
  examples: ["'*' redis.shutdown"],
  async run(args, context) {
    // A server that ends closes the connection instead of answering.
    await send(context, args, ['SHUTDOWN']).catch(() => undefined);
    try {
      await send(context, args, ['PING']);
      return false;
    } catch {
      return true;
    }
  },
});
