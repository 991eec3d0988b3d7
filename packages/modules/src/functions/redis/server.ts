import { pythonStr, type Plain } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { redisArguments, type RedisServer } from '../../providers/redis/redis.ts';
import { sendRedis, type RedisReply } from '../../providers/redis/resp.ts';

/** The arguments by which functions reach a server; `redis.*` of the configuration and pillar stand in. */
export const connection = redisArguments;

/** Sends a command and answers what the server says. Throws `state-failed`. */
export function send(
  { options, pillar, signal }: FunctionContext,
  server: RedisServer,
  words: readonly (string | number)[],
): Promise<RedisReply> {
  const setting = (name: keyof RedisServer | 'timeout'): string | undefined => {
    const value =
      (name === 'timeout' ? undefined : server[name]) ?? pillar.get(`redis.${name}`) ?? options.get(`redis.${name}`);
    return value === undefined || value === null ? undefined : pythonStr(value);
  };
  const seconds = Number(setting('timeout') ?? 60);
  const address = {
    host: setting('host') ?? 'localhost',
    port: Number(setting('port') ?? 6379),
    db: Number(setting('db') ?? 0),
    password: setting('password'),
    timeout: (seconds > 0 ? seconds : 60) * 1000,
    signal,
  };
  return sendRedis(address, words.map(String));
}

/** A reply as an answer. */
export function toPlain(reply: RedisReply): Plain {
  return Array.isArray(reply) ? reply.map((item: RedisReply) => toPlain(item)) : (reply as Plain);
}

/** The members of a reply that is a list. */
export function itemsOf(reply: RedisReply): readonly RedisReply[] {
  return Array.isArray(reply) ? (reply as readonly RedisReply[]) : [];
}

/** Pairs that stand in a list as a dictionary. */
export function toPairs(reply: RedisReply): Record<string, Plain> {
  const items = itemsOf(reply);
  const pairs = items.flatMap((item, index) =>
    index % 2 === 0 ? [[pythonStr(item as string), toPlain(items[index + 1] ?? null)] as const] : [],
  );
  return Object.fromEntries(pairs);
}
