import { randomInt } from 'node:crypto';
import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  argument,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  text,
  willChange,
  withDefault,
  type Argument,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attemptCrontab } from '../../providers/cron/attempt-crontab.ts';
import { badSchedule, complaintOf } from '../../providers/cron/bad-schedule.ts';
import { findJob, putJob, writeCrontab, type CronJob, type Crontab } from '../../providers/cron/crontab.ts';
import { loadCrontab, storeCrontab } from '../../providers/cron/crontab-file.ts';

const ranges = { minute: [0, 60], hour: [0, 24], daymonth: [1, 29], month: [1, 13], dayweek: [0, 7] } as const;
const fields = ['minute', 'hour', 'daymonth', 'month', 'dayweek'] as const;

/** `cron.present` */
export const present = defineState({
  name: 'cron.present',
  summary: 'Keeps a job in the crontab of an account.',
  args: z.object({
    name: lineText().describe('The command.'),
    user: withDefault(lineText(), 'root').describe('The account.'),
    minute: withDefault(text(), '*').describe('Minute; random is chosen once.'),
    hour: withDefault(text(), '*').describe('Hour; random is chosen once.'),
    daymonth: withDefault(text(), '*').describe('Day of the month; random is chosen once.'),
    month: withDefault(text(), '*').describe('Month; random is chosen once.'),
    dayweek: withDefault(text(), '*').describe('Day of the week; random is chosen once.'),
    comment: optional(text()).describe('Comment above the job; the one it has stays unless given.'),
    commented: withDefault(flag(), false).describe('Whether the job is commented out.'),
    identifier: withDefault(identifier(), false).describe(
      'What the job is found by when its command changes; the command unless given.',
    ),
    special: optional(lineText()).describe('A nickname such as @daily in place of the five fields.'),
  }),
  examples: [
    `/usr/local/bin/backup:
  cron.present:
    - identifier: backup
    - hour: 3
    - minute: random`,
  ],
  async check(args, { host }) {
    const command = args.name.trim();
    const { user } = args;
    const bad = fields.map((field) => args[field]).find((value) => !/^[\w*,/~-]+$/.test(value));
    if (bad !== undefined) return fails(`Invalid value '${bad}' in the schedule of cron ${command}`);
    const crontab = await loadCrontab(host, user);
    const wanted = { command, identifier: args.identifier === false ? command : args.identifier };
    const found = findJob(crontab, wanted);
    const schedule =
      args.special ??
      fields.map((field, index) => fieldValue(args[field], field, found?.schedule.split(' ')[index])).join(' ');
    const comment = args.comment ?? found?.comment;
    const job = { ...wanted, schedule, comment, isCommented: args.commented };
    const complaint = args.commented ? undefined : badSchedule(schedule);
    if (complaint !== undefined) {
      const line = writeCrontab(putJob(crontab, job, found))
        .split('\n')
        .indexOf(`${schedule} ${command}`);
      return fails(`${refused(command, user)}${complaintOf(complaint, line)}`);
    }
    if (found !== undefined && isSameJob(found, job)) return isOk(`Cron ${command} already present`);
    return change(user, { crontab, found, job });
  },
});

function identifier(): Argument<string | false> {
  return argument<string | false>('text on one line, or false', (value) => {
    if (value === false) return false;
    return lineText().safeParse(value).data;
  });
}

// A random field keeps the number it once got.
function fieldValue(wanted: string, field: keyof typeof ranges, current: string | undefined): string {
  if (wanted.toLowerCase() !== 'random') return wanted.toLowerCase();
  return current !== undefined && /^\d+$/.test(current)
    ? current
    : String(randomInt(ranges[field][0], ranges[field][1]));
}

function isSameJob(found: CronJob, job: CronJob): boolean {
  return (
    found.schedule === job.schedule &&
    found.command === job.command &&
    found.identifier === job.identifier &&
    (found.comment ?? '') === (job.comment ?? '') &&
    found.isCommented === job.isCommented
  );
}

function change(
  user: string,
  { crontab, found, job }: { readonly crontab: Crontab; readonly found: CronJob | undefined; readonly job: CronJob },
): CheckOutcome<Host> {
  const { command } = job;
  const changes = { [user]: command };
  const comment = `Cron ${command} is set to be ${found === undefined ? 'added' : 'updated'}`;
  return willChange({ comment, changes }, (machine) =>
    attemptCrontab(refused(command, user), async () => {
      if (!(await userExists(machine, user)))
        return { comment: `User ${user} is not available`, changes: {}, failed: true };
      await storeCrontab(machine, user, putJob(crontab, job, found));
      const done = found === undefined ? `Cron ${command} added to ${user}'s crontab` : `Cron ${command} updated`;
      return { comment: done, changes };
    }),
  );
}

function refused(command: string, user: string): string {
  return `Cron ${command} for user ${user} failed to commit with error \n`;
}

async function userExists(host: ReadHost, user: string): Promise<boolean> {
  return (await host.account(user)) !== undefined;
}
