import { z } from 'zod';
import { defineState, isOk, lineText, optional, textList, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { connectRedis, redisArguments } from '../../providers/redis/redis.ts';

/** `redis.absent` */
export const absent = defineState({
  name: 'redis.absent',
  summary: 'Keeps keys out of Redis.',
  args: z.object({
    name: lineText().describe('The key.'),
    keys: optional(textList()).describe('Several keys.'),
    ...redisArguments,
  }),
  examples: [
    `old keys:
  redis.absent:
    - keys:
      - greeting
      - farewell`,
  ],
  acceptsUnknown: true,
  check: ({ name, keys, ...server }, context) =>
    orFailure(async () => {
      const redis = connectRedis(server, context);
      const targets = keys ?? [name];
      const found = await Promise.all(targets.map((key) => redis.ask(context.host, ['exists', key])));
      const deleted = targets.filter((_, index) => found[index] === '1');
      if (deleted.length === 0) return isOk('Key(s) specified already absent');
      const changes = { deleted };
      return willChange({ comment: `Keys will be deleted: ${deleted.join(', ')}`, changes }, (machine) =>
        attempt('', async () => {
          await redis.run(machine, ['del', ...deleted]);
          return { comment: keys === undefined ? 'Key deleted' : 'Keys deleted', changes };
        }),
      );
    }),
});
