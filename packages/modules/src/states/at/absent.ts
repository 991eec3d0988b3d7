import { pythonStr, type Dict } from '@brine/common';
import { z } from 'zod';
import { anyValue, defineState, fails, integer, isOk, optional, text, willChange } from '../../kit/index.ts';
import { readJobs, type AtJob } from '../../providers/at/jobs.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { orFailure } from '../../providers/or-failure.ts';

const filters = {
  tag: optional(anyValue()).describe('Only those with this mark.'),
  runas: optional(anyValue()).describe('Only those of this account.'),
  day: optional(anyValue()).describe('Only those of this day.'),
  month: optional(anyValue()).describe('Only those of this month.'),
  year: optional(anyValue()).describe('Only those of this year.'),
  hour: optional(anyValue()).describe('Only those of this hour.'),
  minute: optional(anyValue()).describe('Only those of this minute.'),
};

/** `at.absent` */
export const absent = defineState({
  name: 'at.absent',
  summary: 'Removes jobs of at: one, those that fit, or all.',
  args: z.object({
    name: text().describe('Any name.'),
    jobid: optional(integer()).describe('Number of the job.'),
    ...filters,
  }),
  examples: [
    `no more love:
  at.absent:
    - tag: love`,
  ],
  acceptsUnknown: true,
  check: ({ name, jobid, ...wish }, context) =>
    orFailure(async () => {
      if (context.unknownArguments.has('limit')) return fails(`limit parameter not supported ${name}`);
      const jobs = await readJobs(context.host);
      const given: Dict = new Map(
        Object.entries(wish).filter((row): row is [string, NonNullable<(typeof row)[1]>] => row[1] !== undefined),
      );
      const gone = jobs.filter((job) => (jobid === undefined ? fits(job, given) : job.job === jobid));
      if (gone.length === 0) return isOk(jobid === undefined ? 'removed 0 job(s)' : `job with id ${jobid} not present`);
      const removed = gone.map(({ job }) => String(job));
      const done = jobid === undefined ? `removed ${gone.length} job(s)` : `job with id ${jobid} was removed`;
      const changes = { removed };
      return willChange({ comment: done, changes }, (machine) =>
        attempt('', async () => {
          await runTool(machine, ['atrm', ...removed]);
          return { comment: done, changes };
        }),
      );
    }),
});

function fits({ date, time, tag, user }: AtJob, given: Dict): boolean {
  const [year = '', month = '', day = ''] = date.split('-');
  const [hour = '', minute = ''] = time.split(':');
  const parts: Readonly<Record<string, string>> = { year, month, day, hour, minute };
  return [...given].every(([key, value]) => {
    const wanted = pythonStr(value);
    if (key === 'tag') return tag === wanted;
    if (key === 'runas') return user === wanted;
    return Number(parts[pythonStr(key)]) === Number(wanted);
  });
}
