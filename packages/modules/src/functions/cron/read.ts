import type { Plain } from '@brine/common';
import { z } from 'zod';
import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { CronJob } from '../../providers/cron/crontab.ts';
import { loadCrontab } from '../../providers/cron/crontab-file.ts';
import { safeName } from '../safe-name.ts';

const user = safeName('the name of an account').describe('The account.');
const fields = ['minute', 'hour', 'daymonth', 'month', 'dayweek'];

export const rawCron = defineFunction({
  name: 'cron.raw_cron',
  summary: 'The crontab of an account as it is.',
  args: z.object({ user }),
  examples: ["'*' cron.raw_cron root"],
  async run({ user: account }, { host, signal }) {
    const result = await host.inspect({ command: ['crontab', '-u', account, '-l'], signal });
    return result.exitCode === 0 ? result.stdout : '';
  },
});

export const listTab = listFunction('cron.list_tab');
export const ls = listFunction('cron.ls');

function listFunction(name: string) {
  return defineFunction({
    name,
    summary: 'The managed part of the crontab of an account by kinds of lines, and the lines before it.',
    args: z.object({ user }),
    examples: [`'*' ${name} root`],
    run: ({ user: account }, context) => listCrontab(context, account),
  });
}

export const getEntry = defineFunction({
  name: 'cron.get_entry',
  summary: 'A job of a crontab by its identifier, or else by its command; false when there is none.',
  args: z.object({
    user,
    identifier: optional(text()).describe('The identifier.'),
    cmd: optional(text()).describe('The command.'),
  }),
  examples: ["'*' cron.get_entry root identifier=task1"],
  async run({ user: account, identifier, cmd }, { host }) {
    const { jobs } = await loadCrontab(host, account);
    const sorted = [...jobs.filter(isTimed), ...jobs.filter((job) => !isTimed(job))];
    const found = sorted.find((job) =>
      identifier === undefined ? cmd !== undefined && job.command === cmd : job.identifier === identifier,
    );
    return found === undefined ? false : describeJob(found);
  },
});

async function listCrontab({ host }: FunctionContext, account: string): Promise<Plain> {
  const { before, variables, jobs } = await loadCrontab(host, account);
  return {
    pre: [...before],
    crons: jobs.filter(isTimed).map(describeJob),
    special: jobs.filter((job) => !isTimed(job)).map(describeJob),
    env: Array.from(variables, ([name, value]) => ({ name, value })),
  };
}

function isTimed({ schedule }: CronJob): boolean {
  return !schedule.startsWith('@');
}

function describeJob(job: CronJob): Plain {
  const { schedule, command, isCommented } = job;
  const times = schedule.split(' ');
  const when: Plain = isTimed(job)
    ? Object.fromEntries(fields.map((field, index) => [field, times[index] ?? '*']))
    : { spec: schedule };
  return {
    ...when,
    cmd: command,
    identifier: job.identifier ?? null,
    // Salt knows no comment only where there is no line above a job at all.
    comment: job.comment ?? (job.identifier === undefined ? null : ''),
    commented: isCommented,
  };
}
