import { z } from 'zod';
import { integer, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { connection, send, toPlain } from './server.ts';

const key = text().describe('The key.');

export const get = defineFunction({
  name: 'redis.get_key',
  summary: 'The value of a key; null when there is none.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.get_key foo"],
  run: async (args, context) => toPlain(await send(context, args, ['GET', args.key])),
});

export const set = defineFunction({
  name: 'redis.set_key',
  summary: 'Gives a key a value; answers true.',
  args: z.object({ key, value: text().describe('The value.'), ...connection }),
  examples: ["'*' redis.set_key foo bar"],
  run: async (args, context) => (await send(context, args, ['SET', args.key, args.value])) === 'OK',
});

export const del = defineFunction({
  name: 'redis.delete',
  ignoresOthers: true,
  summary: 'Removes keys; answers how many were there.',
  args: z.object({ keys: textList().describe('The keys.'), ...connection }),
  variadic: 'keys',
  examples: ["'*' redis.delete foo"],
  run: async (args, context) => toPlain(await send(context, args, ['DEL', ...args.keys])),
});

export const exists = defineFunction({
  name: 'redis.exists',
  summary: 'Whether there is a key, as 1 or 0.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.exists foo"],
  run: async (args, context) => toPlain(await send(context, args, ['EXISTS', args.key])),
});

export const expire = defineFunction({
  name: 'redis.expire',
  summary: 'Lets a key end after a time; answers whether it is there.',
  args: z.object({ key, seconds: integer().describe('Seconds it has left.'), ...connection }),
  examples: ["'*' redis.expire foo 300"],
  run: async (args, context) => (await send(context, args, ['EXPIRE', args.key, args.seconds])) === 1,
});

export const expireat = defineFunction({
  name: 'redis.expireat',
  summary: 'Lets a key end at a moment; answers whether it is there.',
  args: z.object({ key, timestamp: integer().describe('Seconds since the epoch.'), ...connection }),
  examples: ["'*' redis.expireat foo 1400000000"],
  run: async (args, context) => (await send(context, args, ['EXPIREAT', args.key, args.timestamp])) === 1,
});

export const keys = defineFunction({
  name: 'redis.keys',
  summary: 'The keys that fit a pattern.',
  args: z.object({ pattern: withDefault(text(), '*').describe('The pattern.'), ...connection }),
  examples: ["'*' redis.keys", "'*' redis.keys test*"],
  run: async (args, context) => toPlain(await send(context, args, ['KEYS', args.pattern])),
});

export const keyType = defineFunction({
  name: 'redis.key_type',
  summary: 'What a key holds: string, list, set, zset, hash or none.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.key_type foo"],
  run: async (args, context) => toPlain(await send(context, args, ['TYPE', args.key])),
});

export const llen = counting('redis.llen', 'LLEN', 'How long the list of a key is.');
export const zcard = counting('redis.zcard', 'ZCARD', 'How many members the sorted set of a key has.');

function counting(name: string, command: string, summary: string) {
  return defineFunction({
    name,
    summary,
    args: z.object({ key, ...connection }),
    examples: [`'*' ${name} foo_list`],
    run: async (args, context) => toPlain(await send(context, args, [command, args.key])),
  });
}

const start = integer().describe('Where it begins; from the end when negative.');
const stop = integer().describe('Where it ends, included.');

export const lrange = range('redis.lrange', 'LRANGE', 'A part of the list of a key.');
export const zrange = range('redis.zrange', 'ZRANGE', 'A part of the sorted set of a key.');

function range(name: string, command: string, summary: string) {
  return defineFunction({
    name,
    summary,
    args: z.object({ key, start, stop, ...connection }),
    examples: [`'*' ${name} foo_list 0 10`],
    run: async (args, context) => toPlain(await send(context, args, [command, args.key, args.start, args.stop])),
  });
}

export const smembers = defineFunction({
  name: 'redis.smembers',
  summary: 'The members of the set of a key.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.smembers foo_set"],
  run: async (args, context) => toPlain(await send(context, args, ['SMEMBERS', args.key])),
});
