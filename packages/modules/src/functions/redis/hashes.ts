import { pythonStr, type Plain, toFloat } from '@brine/common';
import { z } from 'zod';
import { anyValue, integer, number, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { connection, itemsOf, send, toPairs, toPlain } from './server.ts';

const key = text().describe('The key.');
const field = text().describe('The field.');
const value = text().describe('The value.');

export const hget = defineFunction({
  name: 'redis.hget',
  summary: 'The value of a field of a hash; null when there is none.',
  args: z.object({ key, field, ...connection }),
  examples: ["'*' redis.hget foo_hash bar_field"],
  run: async (args, context) => toPlain(await send(context, args, ['HGET', args.key, args.field])),
});

export const hexists = defineFunction({
  name: 'redis.hexists',
  summary: 'Whether a hash has a field.',
  args: z.object({ key, field, ...connection }),
  examples: ["'*' redis.hexists foo_hash bar_field"],
  run: async (args, context) => (await send(context, args, ['HEXISTS', args.key, args.field])) === 1,
});

export const hset = defineFunction({
  name: 'redis.hset',
  summary: 'Sets a field of a hash; answers how many fields are new.',
  args: z.object({ key, field, value, ...connection }),
  examples: ["'*' redis.hset foo_hash bar_field bar_value"],
  run: async (args, context) => toPlain(await send(context, args, ['HSET', args.key, args.field, args.value])),
});

export const hsetnx = defineFunction({
  name: 'redis.hsetnx',
  summary: 'Sets a field of a hash that is not there; answers 1 when it was not, else 0.',
  args: z.object({ key, field, value, ...connection }),
  examples: ["'*' redis.hsetnx foo_hash bar_field bar_value"],
  run: async (args, context) => toPlain(await send(context, args, ['HSETNX', args.key, args.field, args.value])),
});

export const hdel = defineFunction({
  name: 'redis.hdel',
  ignoresOthers: true,
  summary: 'Removes fields of a hash; answers how many were there.',
  args: z.object({ key, fields: textList().describe('The fields.'), ...connection }),
  variadic: 'fields',
  examples: ["'*' redis.hdel foo_hash bar_field1 bar_field2"],
  run: async (args, context) => toPlain(await send(context, args, ['HDEL', args.key, ...args.fields])),
});

export const hgetall = defineFunction({
  name: 'redis.hgetall',
  summary: 'All fields of a hash and their values.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.hgetall foo_hash"],
  run: async (args, context) => toPairs(await send(context, args, ['HGETALL', args.key])),
});

export const hincrby = defineFunction({
  name: 'redis.hincrby',
  summary: 'Adds to a field of a hash; answers its new value.',
  args: z.object({ key, field, increment: withDefault(integer(), 1).describe('How much.'), ...connection }),
  examples: ["'*' redis.hincrby foo_hash bar_field 5"],
  run: async (args, context) => toPlain(await send(context, args, ['HINCRBY', args.key, args.field, args.increment])),
});

export const hincrbyfloat = defineFunction({
  name: 'redis.hincrbyfloat',
  summary: 'Adds to a field of a hash; answers its new value.',
  args: z.object({ key, field, increment: withDefault(number(), 1).describe('How much.'), ...connection }),
  examples: ["'*' redis.hincrbyfloat foo_hash bar_field 5.17"],
  run: async (args, context): Promise<Plain> =>
    toFloat(Number(await send(context, args, ['HINCRBYFLOAT', args.key, args.field, args.increment]))),
});

export const hlen = defineFunction({
  name: 'redis.hlen',
  summary: 'How many fields a hash has.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.hlen foo_hash"],
  run: async (args, context) => toPlain(await send(context, args, ['HLEN', args.key])),
});

export const hvals = defineFunction({
  name: 'redis.hvals',
  summary: 'The values of all fields of a hash.',
  args: z.object({ key, ...connection }),
  examples: ["'*' redis.hvals foo_hash"],
  run: async (args, context) => toPlain(await send(context, args, ['HVALS', args.key])),
});

export const hmget = defineFunction({
  name: 'redis.hmget',
  ignoresOthers: true,
  summary: 'The values of several fields of a hash.',
  args: z.object({ key, fields: textList().describe('The fields.'), ...connection }),
  variadic: 'fields',
  examples: ["'*' redis.hmget foo_hash bar_field1 bar_field2"],
  run: async (args, context) => toPlain(await send(context, args, ['HMGET', args.key, ...args.fields])),
});

export const hmset = defineFunction({
  name: 'redis.hmset',
  summary: 'Sets several fields of a hash; answers true.',
  args: z.object({ key, fields: anyValue().describe('Fields and their values, by name.'), ...connection }),
  keywords: 'fields',
  examples: ["'*' redis.hmset foo_hash bar_field1=bar_value1 bar_field2=bar_value2"],
  async run(args, context) {
    const pairs = args.fields instanceof Map ? [...args.fields] : [];
    const words = pairs
      .filter(([name]) => !pythonStr(name).startsWith('__'))
      .flatMap(([name, each]) => [pythonStr(name), pythonStr(each)]);
    if (words.length === 0) throw failure("'hmset' with 'mapping' of length 0");
    return (await send(context, args, ['HMSET', args.key, ...words])) === 'OK';
  },
});

export const hscan = defineFunction({
  name: 'redis.hscan',
  summary: 'Some fields of a hash, and where to go on (0 at the end).',
  args: z.object({
    key,
    cursor: withDefault(integer(), 0).describe('Where to go on.'),
    match: optional(text()).describe('Only fields that fit this pattern.'),
    count: optional(integer()).describe('About how many.'),
    ...connection,
  }),
  examples: ["'*' redis.hscan foo_hash match='field_prefix_*' count=1"],
  async run(args, context): Promise<Plain> {
    const match = args.match === undefined ? [] : ['MATCH', args.match];
    const count = args.count === undefined ? [] : ['COUNT', args.count];
    const reply = await send(context, args, ['HSCAN', args.key, args.cursor, ...match, ...count]);
    const [cursor = '0', pairs = []] = itemsOf(reply);
    return [Number(cursor), toPairs(pairs)];
  },
});
