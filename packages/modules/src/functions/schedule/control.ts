import path from 'node:path';
import { isDict, loadYaml, type Dict, type Plain, type Value } from '@brine/common';
import { parseTimeFormat, scheduleTimeFormat } from '@brine/common/schedule';
import { z } from 'zod';
import { dict, flag, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isTruthy } from '../../kit/truth.ts';
import { allJobs, scheduleFolder, scheduleSource, type ScheduleSource } from './schedule-source.ts';

const name = text().describe('The name of the job.');
const kwargs = dict().describe('`test`, `persist`.');
const nameRequired = { comment: 'Job name is required.', result: false };

/** Where a job is: only one of the configuration can be changed. */
async function findJob(source: ScheduleSource, job: string): Promise<'opts' | 'pillar' | undefined> {
  if ((await allJobs(source, 'opts')).has(job)) return 'opts';
  return (await allJobs(source, 'pillar')).has(job) && !source.isOffline ? 'pillar' : undefined;
}

async function change(
  source: ScheduleSource,
  request: Readonly<Record<string, Value>>,
  alter: (job: Dict) => void,
): Promise<Dict> {
  if (!source.isOffline) {
    const schedule = await source.ask(request);
    return isDict(schedule) ? schedule : new Map();
  }
  const saved: Dict = new Map(await source.saved());
  const job = saved.get(request['name'] ?? null);
  if (isDict(job ?? null)) alter(job as Dict);
  await source.replaceSaved(saved);
  return saved;
}

function switchJob(kind: 'enable' | 'disable') {
  const [done, word] = kind === 'enable' ? ['Enabled', 'enabled'] : ['Disabled', 'disabled'];
  return defineFunction({
    name: `schedule.${kind}_job`,
    summary: kind === 'enable' ? 'Switches a job of the schedule on.' : 'Switches a job of the schedule off.',
    args: z.object({ name, kwargs }),
    keywords: 'kwargs',
    examples: [`'*' schedule.${kind}_job job1`],
    async run({ name: job, kwargs: given }, context): Promise<Plain> {
      if (job === '') return { ...nameRequired, changes: {} };
      const failed = { comment: `Failed to ${kind} job ${job} in schedule.`, result: false, changes: {} };
      const source = scheduleSource(context);
      const place = await findJob(source, job);
      if (isTruthy(given.get('test'))) {
        if (place === 'pillar') return failed;
        return { comment: `Job: ${job} would be ${word} in schedule.`, result: true, changes: {} };
      }
      if (place === undefined) return { comment: `Job ${job} does not exist.`, result: false, changes: {} };
      const request = { func: `${kind}_job`, name: job, persist: given.get('persist') ?? true };
      const schedule = await change(source, request, (item) => item.set('enabled', kind === 'enable'));
      const now = schedule.get(job);
      const isSet =
        place === 'opts' && isDict(now ?? null) && ((now as Dict).get('enabled') !== false) === (kind === 'enable');
      if (!isSet) return failed;
      return { comment: `${done} Job ${job} in schedule.`, result: true, changes: { [job]: word } };
    },
  });
}

export const enableJob = switchJob('enable');
export const disableJob = switchJob('disable');

function switchAll(kind: 'enable' | 'disable') {
  const [done, word] = kind === 'enable' ? ['Enabled', 'enabled'] : ['Disabled', 'disabled'];
  return defineFunction({
    name: `schedule.${kind}`,
    summary: kind === 'enable' ? 'Switches the schedule on.' : 'Switches the whole schedule off.',
    args: z.object({ kwargs }),
    keywords: 'kwargs',
    examples: [`'*' schedule.${kind}`],
    async run({ kwargs: given }, context): Promise<Plain> {
      if (isTruthy(given.get('test'))) return { comment: `Schedule would be ${word}.`, changes: {}, result: true };
      const source = scheduleSource(context);
      if (source.isOffline) {
        await source.replaceSaved(new Map([...(await source.saved()), ['enabled', kind === 'enable']]));
      } else await source.ask({ func: kind, persist: given.get('persist') ?? true });
      return { comment: `${done} schedule on minion.`, changes: { schedule: word }, result: true };
    },
  });
}

export const enable = switchAll('enable');
export const disable = switchAll('disable');

export const save = defineFunction({
  name: 'schedule.save',
  summary: 'Saves the schedule, apart from jobs of the pillar.',
  args: z.object({ kwargs: dict().describe('`test`.') }),
  keywords: 'kwargs',
  examples: ["'*' schedule.save"],
  async run({ kwargs: given }, context): Promise<Plain> {
    if (isTruthy(given.get('test'))) return { comment: 'Schedule would be saved.', result: true };
    await scheduleSource(context).ask({ func: 'save_schedule' });
    return { comment: 'Schedule (non-pillar items) saved.', result: true };
  },
});

export const reload = defineFunction({
  name: 'schedule.reload',
  summary: 'Takes over jobs of `schedule.conf` beside the saved schedule, and the schedule of the pillar.',
  args: z.object({}),
  examples: ["'*' schedule.reload"],
  async run(_args, context): Promise<Plain> {
    const comment: string[] = [];
    if (context.pillar.has('schedule')) {
      await context.pillarSource.compile({});
      comment.push('Reloaded schedule from pillar on minion.');
    }
    const read = await readScheduleFile(context);
    if (read === undefined) return { comment, result: true };
    if (!isDict(read) || read.size === 0) {
      comment.push('Failed to reload schedule on minion.  Saved file is empty or invalid.');
      return { comment, result: false };
    }
    await scheduleSource(context).ask({ func: 'reload', schedule: read, persist: false });
    comment.push('Reloaded schedule on minion from schedule.conf.');
    return { comment, result: true };
  },
});

/** The schedule of the file: `null` for one that has none, `undefined` when there is no file. */
async function readScheduleFile(context: FunctionContext): Promise<Value | undefined> {
  const file = path.join(scheduleFolder(context), 'schedule.conf');
  const bytes = await context.host.files.read(file);
  if (bytes === undefined) return undefined;
  const { value } = loadYaml(new TextDecoder().decode(bytes), { file });
  return isDict(value) ? (value.get('schedule') ?? null) : null;
}

export const runJob = defineFunction({
  name: 'schedule.run_job',
  summary: 'Runs a job of the schedule now.',
  args: z.object({ name, force: withDefault(flag(), false).describe('Also when it is switched off.') }),
  examples: ["'*' schedule.run_job job1", "'*' schedule.run_job job1 force=True"],
  async run({ name: job, force }, context): Promise<Plain> {
    if (job === '') return nameRequired;
    const source = scheduleSource(context);
    const item = (await allJobs(source)).get(job);
    if (item === undefined || !isDict(item)) return { comment: `Job ${job} does not exist.`, result: false };
    if (item.get('enabled') === false && !force) return { comment: `Job ${job} is disabled.`, result: true };
    const isAsked = await source.ask({ func: 'run_job', name: job });
    if (isAsked !== true) return { comment: `Failed to run job ${job} on minion.`, result: false };
    return { comment: `Scheduling Job ${job} on minion.`, result: true };
  },
});

const momentKwargs = dict().describe('`time_fmt`: the format of the times; `%Y-%m-%dT%H:%M:%S` unless given.');

export const postponeJob = defineFunction({
  name: 'schedule.postpone_job',
  summary: 'Moves one run of a job to another time.',
  args: z.object({
    name,
    current_time: text().describe('When it would run.'),
    new_time: text().describe('When it is to run instead.'),
    kwargs: momentKwargs,
  }),
  keywords: 'kwargs',
  examples: ["'*' schedule.postpone_job job1 2026-11-29T12:00:00 2026-11-29T13:00:00"],
  async run({ name: job, current_time: current, new_time: wanted, kwargs: given }, context): Promise<Plain> {
    if (job === '') return nameRequired;
    if (current === '') return { comment: 'Job current time is required.', result: false };
    if (wanted === '') return { comment: 'Job new_time is required.', result: false };
    return moveJob(context, job, given, { current, wanted });
  },
});

export const skipJob = defineFunction({
  name: 'schedule.skip_job',
  summary: 'Leaves out one run of a job.',
  args: z.object({ name, current_time: text().describe('When it would run.'), kwargs: momentKwargs }),
  keywords: 'kwargs',
  examples: ["'*' schedule.skip_job job1 2026-11-29T12:00:00"],
  async run({ name: job, current_time: current, kwargs: given }, context): Promise<Plain> {
    if (job === '') return nameRequired;
    if (current === '') return { comment: 'Job time is required.', result: false };
    return moveJob(context, job, given, { current, wanted: undefined });
  },
});

async function moveJob(
  context: FunctionContext,
  job: string,
  given: Dict,
  { current, wanted }: { readonly current: string; readonly wanted: string | undefined },
): Promise<Plain> {
  const asked = given.get('time_fmt');
  const format = typeof asked === 'string' && asked !== '' ? asked : scheduleTimeFormat;
  const times = wanted === undefined ? [current] : [current, wanted];
  if (times.some((time) => parseTimeFormat(time, format) === undefined)) {
    return { comment: 'Date string could not be parsed.', result: false };
  }
  const source = scheduleSource(context);
  const place = await findJob(source, job);
  if (place === undefined) return { comment: `Job ${job} does not exist.`, result: false };
  const what = wanted === undefined ? 'skip' : 'postpone';
  if (place === 'pillar' || source.isOffline) {
    return { comment: `Failed to ${what} job ${job} in schedule.`, result: false };
  }
  const request = { func: `${what}_job`, name: job, time: current, time_fmt: format };
  await source.ask(wanted === undefined ? request : { ...request, new_time: wanted });
  const done = wanted === undefined ? `Added Skip Job ${job} in schedule.` : `Postponed Job ${job} in schedule.`;
  return { comment: done, result: true };
}
