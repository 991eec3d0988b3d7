import { z } from 'zod';
import { defineState, integer, isOk, lineText, optional, text, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { connectRedis, redisArguments } from '../../providers/redis/redis.ts';

/** `redis.string` */
export const string = defineState({
  name: 'redis.string',
  summary: 'Keeps a key of Redis at a text.',
  args: z.object({
    name: lineText().describe('The key.'),
    value: text().describe('The text.'),
    expire: optional(integer()).describe('Seconds after which it goes, counted anew on each run.'),
    expireat: optional(integer()).describe('Moment at which it goes, in seconds since 1970.'),
    ...redisArguments,
  }),
  examples: [
    `greeting:
  redis.string:
    - value: hello`,
  ],
  acceptsUnknown: true,
  check: ({ name, value, expire, expireat, ...server }, context) =>
    orFailure(async () => {
      const redis = connectRedis(server, context);
      const exists = (await redis.ask(context.host, ['exists', name])) === '1';
      const isSame = exists && (await redis.ask(context.host, ['get', name])) === value;
      const until = expireat === undefined ? undefined : await redis.ask(context.host, ['expiretime', name]);
      const isDue = expireat !== undefined && until !== String(expireat);
      const lasts = expireat === undefined && expire !== undefined;
      if (isSame && !isDue && !lasts) return isOk('Key already set to defined value');
      const changes = omitAbsent({
        [name]: isSame ? undefined : 'Value updated',
        expireat: isDue ? `Key expires at ${expireat}` : undefined,
        expire: lasts ? `TTL set to ${expire} seconds` : undefined,
      });
      const settled = 'Key already set to defined value';
      const pending = isSame ? settled : `Key ${name} will be set`;
      return willChange({ comment: pending, changes }, (machine) =>
        attempt('', async () => {
          if (!isSame) await redis.run(machine, ['set', name], value);
          // A new value has no end.
          if (expireat !== undefined) await redis.run(machine, ['expireat', name, String(expireat)]);
          else if (expire !== undefined) await redis.run(machine, ['expire', name, String(expire)]);
          return { comment: isSame ? settled : 'Key updated to new value', changes };
        }),
      );
    }),
});
