import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { flag, lineText, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { findJob, hasValue, putJob, putVariable, type CronJob, type Crontab } from '../../providers/cron/crontab.ts';
import { loadCrontab, storeCrontab } from '../../providers/cron/crontab-file.ts';
import { complaintOf } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const user = safeName('the name of an account').describe('The account.');
const cmd = lineText().describe('The command.');
const identifier = optional(lineText()).describe('What the job is found by; the command unless given.');
const comment = optional(text()).describe('Comment above the job.');
const commented = withDefault(flag(), false).describe('Whether the job is commented out.');

const fieldNames = ['minute', 'hour', 'daymonth', 'month', 'dayweek'] as const;
const ranges = { minute: [0, 60], hour: [0, 24], daymonth: [1, 29], month: [1, 13], dayweek: [0, 7] } as const;

function timeField(what: string) {
  return text()
    .refine((value) => /^[\w*,/:~-]+$/.test(value), 'must be a field of a schedule')
    .describe(`${what}; random is chosen once.`);
}

export const setJob = defineFunction({
  name: 'cron.set_job',
  summary: 'Puts a job into the crontab of an account; answers new, updated, present, or what crontab complains about.',
  args: z.object({
    user,
    minute: timeField('Minute'),
    hour: timeField('Hour'),
    daymonth: timeField('Day of the month'),
    month: timeField('Month'),
    dayweek: timeField('Day of the week'),
    cmd,
    commented,
    comment,
    identifier,
  }),
  examples: [`'*' cron.set_job root '*' '*' '*' '*' 1 /usr/local/weekly`],
  run: (args, context) =>
    place(context, args, (found) => {
      const before = found?.schedule.split(' ') ?? [];
      return fieldNames.map((field, index) => chooseTime(args[field].toLowerCase(), field, before[index])).join(' ');
    }),
});

export const setSpecial = defineFunction({
  name: 'cron.set_special',
  summary: 'Puts a job with a nickname for its schedule into the crontab of an account; answers as cron.set_job does.',
  args: z.object({
    user,
    special: text()
      .refine((value) => /^@\w+$/.test(value), 'must be a nickname such as @daily')
      .describe('The nickname, e.g. `@daily`.'),
    cmd,
    commented,
    comment,
    identifier,
  }),
  examples: ["'*' cron.set_special root '@hourly' 'echo foobar'"],
  run: (args, context) => place(context, args, () => args.special),
});

export const rmJob = removeFunction('cron.rm_job');
export const rm = removeFunction('cron.rm');

function removeFunction(name: string) {
  const time = optional(text()).describe('Only a job with this in its schedule.');
  return defineFunction({
    name,
    summary: 'Takes a job out of the crontab of an account; answers removed or absent.',
    args: z.object({
      ...{ user, cmd, minute: time, hour: time, daymonth: time, month: time, dayweek: time },
      identifier,
    }),
    examples: [`'*' ${name} root /usr/local/weekly`, `'*' ${name} root /usr/bin/foo dayweek=1`],
    run: (args, context) =>
      drop(context, args, ({ schedule }) => {
        const times = schedule.split(' ');
        const fits = (field: (typeof fieldNames)[number], index: number): boolean => {
          const [wanted, found] = [args[field]?.toLowerCase(), times[index]];
          return wanted === undefined || wanted === found || (wanted === 'random' && found !== '*');
        };
        return !schedule.startsWith('@') && fieldNames.every(fits);
      }),
  });
}

export const rmSpecial = defineFunction({
  name: 'cron.rm_special',
  summary: 'Takes a job with a nickname for its schedule out of a crontab; answers removed or absent.',
  args: z.object({ user, cmd, special: optional(lineText()).describe('Only a job with this nickname.'), identifier }),
  examples: ["'*' cron.rm_special root /usr/bin/foo"],
  run: (args, context) =>
    drop(context, args, ({ schedule }) => schedule.startsWith('@') && [undefined, schedule].includes(args.special)),
});

export const setEnv = defineFunction({
  name: 'cron.set_env',
  summary: 'Sets a variable in the crontab of an account; answers new, updated or present.',
  args: z.object({
    user,
    name: text()
      .refine((value) => /^[A-Za-z_]\w*$/.test(value), 'must be the name of a variable')
      .describe('Name of the variable.'),
    value: withDefault(lineText(), '').describe('Its value.'),
  }),
  examples: ["'*' cron.set_env root MAILTO user@example.com"],
  async run({ user: account, name, value }, context) {
    const crontab = await loadCrontab(context.host, account);
    if (hasValue(crontab, name, value)) return 'present';
    return store(context, account, {
      crontab: putVariable(crontab, name, value),
      done: crontab.variables.has(name) ? 'updated' : 'new',
    });
  },
});

export const rmEnv = defineFunction({
  name: 'cron.rm_env',
  summary: 'Takes a variable out of the crontab of an account; answers removed or absent.',
  args: z.object({ user, name: text().describe('Name of the variable.') }),
  examples: ["'*' cron.rm_env root MAILTO"],
  async run({ user: account, name }, context) {
    const crontab = await loadCrontab(context.host, account);
    if (!crontab.variables.has(name)) return 'absent';
    const variables = new Map([...crontab.variables].filter(([each]) => each !== name));
    return store(context, account, { crontab: { ...crontab, variables }, done: 'removed' });
  },
});

interface JobRequest {
  readonly user: string;
  readonly cmd: string;
  readonly commented: boolean;
  readonly comment: string | undefined;
  readonly identifier: string | undefined;
}

// A job without an identifier is found by its command; no identifier is the empty text.
function search(crontab: Crontab, request: Pick<JobRequest, 'cmd' | 'identifier'>): CronJob | undefined {
  return findJob(crontab, { command: request.cmd, identifier: request.identifier ?? '' });
}

async function place(
  context: FunctionContext,
  request: JobRequest,
  schedule: (found: CronJob | undefined) => string,
): Promise<string> {
  const crontab = await loadCrontab(context.host, request.user);
  const found = search(crontab, request);
  const job: CronJob = {
    schedule: schedule(found),
    command: request.cmd,
    comment: request.comment ?? found?.comment,
    identifier: request.identifier ?? found?.identifier,
    isCommented: request.commented,
  };
  if (found !== undefined && isSameJob(found, job)) return 'present';
  const done = found === undefined ? 'new' : 'updated';
  return store(context, request.user, { crontab: putJob(crontab, job, found), done });
}

function isSameJob(one: CronJob, other: CronJob): boolean {
  const members = ['schedule', 'command', 'comment', 'identifier', 'isCommented'] as const;
  return members.every((member) => one[member] === other[member]);
}

async function drop(
  context: FunctionContext,
  request: Pick<JobRequest, 'user' | 'cmd' | 'identifier'>,
  fits: (job: CronJob) => boolean,
): Promise<string> {
  const crontab = await loadCrontab(context.host, request.user);
  const found = search({ ...crontab, jobs: crontab.jobs.filter(fits) }, request);
  if (found === undefined) return 'absent';
  const jobs = crontab.jobs.filter((job) => job !== found);
  return store(context, request.user, { crontab: { ...crontab, jobs }, done: 'removed' });
}

async function store(
  context: FunctionContext,
  account: string,
  { crontab, done }: { readonly crontab: Crontab; readonly done: string },
): Promise<string> {
  try {
    await storeCrontab(context.host, account, crontab);
    return done;
  } catch (error) {
    return complaintOf(error, context);
  }
}

// A random field keeps the number it once got; `5:30` is a random number from 5 to 30.
function chooseTime(wanted: string, field: keyof typeof ranges, current: string | undefined): string {
  const isNumber = current !== undefined && /^\d+$/.test(current);
  const [, first, second] = /^(\d+):(\d+)$/.exec(wanted) ?? [];
  const [low, high] = [Number(first), Number(second)].toSorted((a, b) => a - b);
  if (first !== undefined && low !== undefined && high !== undefined) {
    return isNumber && Number(current) >= low && Number(current) <= high ? current : String(randomInt(low, high + 1));
  }
  if (wanted !== 'random') return wanted;
  return isNumber ? current : String(randomInt(ranges[field][0], ranges[field][1]));
}
