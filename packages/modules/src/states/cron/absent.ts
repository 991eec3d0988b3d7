import { z } from 'zod';
import { argument, defineState, isOk, lineText, optional, text, willChange, withDefault } from '../../kit/index.ts';
import { attemptCrontab } from '../../providers/cron/attempt-crontab.ts';
import { findJob } from '../../providers/cron/crontab.ts';
import { loadCrontab, storeCrontab } from '../../providers/cron/crontab-file.ts';

/** `cron.absent` */
export const absent = defineState({
  name: 'cron.absent',
  summary: 'Keeps a job out of the crontab of an account.',
  args: z.object({
    name: lineText().describe('The command.'),
    user: withDefault(lineText(), 'root').describe('The account.'),
    identifier: withDefault(
      argument<string | false>('text on one line, or false', (value) =>
        value === false ? false : lineText().safeParse(value).data,
      ),
      false,
    ).describe('What the job is found by; the command unless given.'),
    special: optional(text()).describe('Accepted for compatibility; jobs are found by identifier or command.'),
  }),
  examples: [
    `/usr/local/bin/backup:
  cron.absent: []`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const command = args.name.trim();
    const { user } = args;
    const crontab = await loadCrontab(host, user);
    const found = findJob(crontab, { command, identifier: args.identifier === false ? command : args.identifier });
    if (found === undefined)
      return { ...isOk(`Cron ${command} already absent`), foretoldComment: `Cron ${command} is absent` };
    const changes = { [user]: command };
    return willChange({ comment: `Cron ${command} is set to be removed`, changes }, (machine) =>
      attemptCrontab(`Cron ${command} for user ${user} failed to commit with error `, async () => {
        await storeCrontab(machine, user, { ...crontab, jobs: crontab.jobs.filter((job) => job !== found) });
        return { comment: `Cron ${command} removed from ${user}'s crontab`, changes };
      }),
    );
  },
});
