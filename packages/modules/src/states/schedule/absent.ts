import { isDict, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, flag, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { commentOf, isRefusal, listJobs } from './present.ts';

/** `schedule.absent` */
export const absent = defineState({
  name: 'schedule.absent',
  summary: 'Keeps a job out of the schedule of the minion.',
  args: z.object({
    name: text().describe('The name of the job.'),
    persist: withDefault(flag(), true).describe('Whether the change outlives the daemon.'),
  }),
  examples: [
    `backup:
  schedule.absent: []`,
  ],
  acceptsUnknown: true,
  async check({ name, persist }, context) {
    const job = (await listJobs(context)).get(name);
    if (job === undefined || !isDict(job)) return isOk(`Job ${name} not present in schedule`);
    const keywords = new Map<Value, Value>([['persist', persist]]);
    const changes = { [name]: 'removed' };
    const foretold = await context.call(
      'schedule.delete',
      [name],
      new Map<Value, Value>([...keywords, ['test', true]]),
    );
    if (isRefusal(foretold)) return fails(commentOf(foretold));
    return willChange({ comment: commentOf(foretold), changes }, async () => {
      const done = await context.call('schedule.delete', [name], keywords);
      if (!isDict(done) || done.get('result') !== true) return { comment: commentOf(done), changes: {}, failed: true };
      return { comment: `Removed job ${name} from schedule`, changes };
    });
  },
});
