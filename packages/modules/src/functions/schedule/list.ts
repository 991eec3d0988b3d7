import { dumpYaml, isDict, type Plain, type Value } from '@brine/common';
import { parseTimeFormat, scheduleTimeFormat } from '@brine/common/schedule';
import { z } from 'zod';
import { dict, flag, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { formatTime } from '../format-time.ts';
import { buildItem } from './build-item.ts';
import { scheduleSource, shownJobs } from './schedule-source.ts';

export const list = defineFunction({
  name: 'schedule.list',
  summary: 'The jobs of the schedule, as YAML unless told otherwise.',
  args: z.object({
    show_all: withDefault(flag(), false).describe('Show internal jobs too, whose names begin with `__`.'),
    show_disabled: withDefault(flag(), true).describe('Show jobs that are switched off.'),
    where: optional(text()).describe(
      '`opts` or `pillar`: only jobs of the configuration, or of the pillar; all of them else.',
    ),
    return_yaml: withDefault(flag(), true).describe('Answer YAML rather than a mapping.'),
    offline: withDefault(flag(), false).describe('Show what is saved, without asking the daemon.'),
  }),
  examples: ["'*' schedule.list", "'*' schedule.list show_all=True", "'*' schedule.list show_disabled=False"],
  async run(args, context): Promise<Plain> {
    const source = scheduleSource(context, args.offline);
    const shown = shownJobs(await source.list(args.where), {
      showAll: args.show_all,
      showDisabled: args.show_disabled,
    });
    if (!args.return_yaml) return shown;
    const saved = await source.saved();
    for (const [name, job] of shown) if (isDict(job)) job.set('saved', saved.has(name));
    return dumpYaml(new Map([['schedule', shown]]));
  },
});

export const isEnabled = defineFunction({
  name: 'schedule.is_enabled',
  summary: 'A job of the schedule, empty when there is none; without a name whether the schedule is switched on.',
  args: z.object({ name: optional(text()).describe('The job.') }),
  examples: ["'*' schedule.is_enabled name=job_name", "'*' schedule.is_enabled"],
  async run({ name }, context): Promise<Plain> {
    const jobs = shownJobs(await scheduleSource(context).list(), { showAll: false, showDisabled: true });
    if (name === undefined || name === '') return jobs.get('enabled') ?? true;
    return jobs.get(name) ?? {};
  },
});

export const buildScheduleItem = defineFunction({
  name: 'schedule.build_schedule_item',
  summary: 'A job as `schedule.add` would put it into the schedule.',
  args: z.object({
    name: text().describe('The name of the job.'),
    kwargs: dict().describe('What makes the job: `function`, `job_args`, `seconds`, `when` and so on.'),
  }),
  keywords: 'kwargs',
  examples: ["'*' schedule.build_schedule_item job1 function='test.ping' seconds=3600"],
  run: ({ name, kwargs }) => buildItem(name, kwargs) as Plain,
});

export const jobStatus = defineFunction({
  name: 'schedule.job_status',
  summary: 'A job with its last run, its next one, and why it was skipped.',
  args: z.object({
    name: text().describe('The job.'),
    time_fmt: withDefault(text(), scheduleTimeFormat).describe('How its times are written.'),
  }),
  examples: ["'*' schedule.job_status job_name", "'*' schedule.job_status job_name time_fmt='%d.%m. %H:%M'"],
  async run({ name, time_fmt }, context): Promise<Plain> {
    const status = await scheduleSource(context).ask({ func: 'job_status', name });
    if (!isDict(status)) return status;
    return new Map([...status].map(([key, value]) => [key, timeKeys.has(key) ? rewrite(value, time_fmt) : value]));
  },
});

const timeKeys: ReadonlySet<Value> = new Set([
  ...['_next_fire_time', '_next_scheduled_fire_time', '_splay', '_last_run', '_skipped_time'],
]);

function rewrite(time: Value, format: string): Value {
  const at = typeof time === 'string' ? parseTimeFormat(time, scheduleTimeFormat) : undefined;
  return at === undefined ? time : formatTime(new Date(at), format);
}

export const showNextFireTime = defineFunction({
  name: 'schedule.show_next_fire_time',
  ignoresOthers: true,
  summary: 'When a job runs next.',
  args: z.object({ name: text().describe('The job.') }),
  examples: ["'*' schedule.show_next_fire_time job_name"],
  async run({ name }, context): Promise<Plain> {
    const next = await scheduleSource(context).ask({ func: 'get_next_fire_time', name });
    if (name === '') return { result: false, comment: 'Job name is required.', next_fire_time: next };
    return { result: true, next_fire_time: next };
  },
});
