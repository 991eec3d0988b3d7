import { AppError, compileGlob, decodeValue, parseJid, type Jid, type Plain, type Value } from '@brine/common';
import { anyValue, flag, integer, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import type { Delivery, JobRecord } from '../store/store.ts';
import { originOfCaller } from '../events/event-origin.ts';
import { defineRunner, type RunnerContext } from './define-runner.ts';
import { findJobs, type JobFilters } from './job-filters.ts';
import { detailedJob, listedJob } from './job-shapes.ts';

const jidArgument = { jid: text().describe('A job id.') };

const progressArgument = {
  display_progress: withDefault(flag(), false).describe(
    'Whether events tell of the progress (`salt/run/JID/progress`).',
  ),
};

/** Tells the event bus how far a runner is, in Salt's words. */
function tellProgress(isWanted: boolean, message: string, { events, jid, caller }: RunnerContext): void {
  if (isWanted) events.emit(`salt/run/${jid}/progress`, { message }, originOfCaller(caller));
}

/** The job store as Salt calls it. */
const storeName = 'local_cache';

const filters = {
  search_metadata: optional(anyValue()).describe('Only jobs whose metadata has one of these entries.'),
  search_function: optional(anyValue()).describe('Only jobs of these functions: globs, with commas or as a list.'),
  search_target: optional(anyValue()).describe('Only jobs for these minions: globs, with commas or as a list.'),
  start_time: optional(text()).describe('Only jobs from then on: `2026-11-21 07:00`, UTC, or a job id.'),
  end_time: optional(text()).describe('Only jobs until then.'),
};

/** `jobs.list_jobs` */
export const listJobs = defineRunner({
  name: 'jobs.list_jobs',
  summary: 'The jobs of the job store, newest first.',
  args: z.object({
    ...filters,
    limit: withDefault(integer(), 1000).describe('How many jobs are shown at most.'),
  }),
  examples: [
    'jobs.list_jobs',
    "jobs.list_jobs search_function='state.*,pkg.install' search_target='web*'",
    "jobs.list_jobs search_metadata='{release: 7}' start_time='2026, Nov 21 07:00'",
  ],
  run: async ({ limit, ...args }, { store }) => listed(await findJobs(store, filtersOf(args), Math.max(0, limit))),
});

/** `jobs.list_jobs_filter` */
export const listJobsFilter = defineRunner({
  name: 'jobs.list_jobs_filter',
  summary: 'The newest jobs.',
  args: z.object({
    count: integer().describe('How many.'),
    filter_find_job: withDefault(flag(), true).describe('Whether `saltutil.find_job` is left out.'),
    ...progressArgument,
  }),
  examples: ['jobs.list_jobs_filter 50'],
  async run({ count, filter_find_job: isFiltered, display_progress: isTold }, context) {
    const { store } = context;
    tellProgress(isTold, `Querying returner ${storeName} for jobs.`, context);
    const jobs = await findJobs(store, {}, Math.max(0, count));
    return listed(jobs.filter(({ fun }) => !isFiltered || fun !== 'saltutil.find_job'));
  },
});

function listed(jobs: readonly JobRecord[]): Map<Value, Plain> {
  return new Map<Value, Plain>(jobs.map((job) => [job.jid, listedJob(job)]));
}

function filtersOf(args: {
  readonly search_metadata?: Value | undefined;
  readonly search_function?: Value | undefined;
  readonly search_target?: Value | undefined;
  readonly start_time?: string | undefined;
  readonly end_time?: string | undefined;
}): JobFilters {
  return {
    metadata: args.search_metadata,
    fun: args.search_function,
    target: args.search_target,
    start: args.start_time,
    end: args.end_time,
  };
}

/** `jobs.master` */
export const masterJobs = defineRunner({
  name: 'jobs.master',
  summary: 'The jobs that the master itself runs now; there are none: what runs on minions is told by `jobs.active`.',
  args: z.object({}),
  examples: ['jobs.master'],
  run: () => [],
});

/** `jobs.list_job` */
export const listJob = defineRunner({
  name: 'jobs.list_job',
  summary: 'One job: what it was, where it ran, what came back and where it stands on each minion.',
  args: z.object({ ...jidArgument, ...progressArgument }),
  examples: ['jobs.list_job 20261121070000123456'],
  async run({ jid, display_progress: isTold }, context) {
    tellProgress(isTold, `Querying returner: ${storeName}`, context);
    const { job, deliveries } = await findJob(jid, context);
    return detailedJob(job, deliveries);
  },
});

/** `jobs.print_job` */
export const printJob = defineRunner({
  name: 'jobs.print_job',
  summary: 'One job as `jobs.list_job` shows it, under its id.',
  args: z.object(jidArgument),
  examples: ['jobs.print_job 20261121070000123456'],
  async run({ jid }, context) {
    const { job, deliveries } = await findJob(jid, context);
    return { [job.jid]: detailedJob(job, deliveries) };
  },
});

/** `jobs.lookup_jid` */
export const lookupJid = defineRunner({
  name: 'jobs.lookup_jid',
  summary: 'What each minion returned for a job.',
  args: z.object({
    ...jidArgument,
    returned: withDefault(flag(), true).describe('Show what minions returned.'),
    missing: withDefault(flag(), false).describe('Show the minions that have not returned.'),
    ...progressArgument,
  }),
  examples: ['jobs.lookup_jid 20261121070000123456', 'jobs.lookup_jid 20261121070000123456 missing=True'],
  async run({ jid, returned, missing, display_progress: isTold }, context) {
    tellProgress(isTold, `Querying returner: ${storeName}`, context);
    const { deliveries } = await findJob(jid, context);
    const outputter = deliveries.find(({ value }) => value !== undefined)?.outputter;
    if (outputter !== undefined) context.setOutputter(outputter);
    const shown = deliveries.flatMap(({ minion, value }): [Value, Plain][] => {
      tellProgress(isTold && value !== undefined, minion, context);
      if (value === undefined) return missing ? [[minion, 'Minion did not return']] : [];
      return returned ? [[minion, decodeValue(value)]] : [];
    });
    return new Map<Value, Plain>(shown);
  },
});

/** `jobs.active` */
export const active = defineRunner({
  name: 'jobs.active',
  summary: 'The jobs that have not ended on every minion, and where they stand.',
  args: z.object({}),
  examples: ['jobs.active'],
  async run(_args, { store }) {
    const byJid = new Map<Jid, Delivery[]>();
    for (const delivery of await store.unfinished()) {
      byJid.set(delivery.jid, [...(byJid.get(delivery.jid) ?? []), delivery]);
    }
    const answer = new Map<Value, Plain>();
    for (const [jid, live] of byJid) {
      const job = await store.findJob(jid);
      if (job === undefined) continue;
      const returned = (await store.deliveries(jid)).filter(({ value }) => value !== undefined);
      answer.set(jid, {
        ...listedJob(job),
        Running: live.map(({ minion, status }) => ({ [minion]: status })),
        Returned: returned.map(({ minion }) => minion),
      });
    }
    return answer;
  },
});

/** `jobs.exit_success` */
export const exitSuccess = defineRunner({
  name: 'jobs.exit_success',
  summary: 'Whether a job went well on each minion.',
  args: z.object(jidArgument),
  examples: ['jobs.exit_success 20261121070000123456'],
  async run({ jid }, context) {
    const { deliveries } = await findJob(jid, context);
    return new Map<Value, Plain>(deliveries.map(({ minion, status }) => [minion, status === 'ok']));
  },
});

/** `jobs.last_run` */
export const lastRun = defineRunner({
  name: 'jobs.last_run',
  summary: 'The newest job, as `jobs.print_job` shows it; False when there is none.',
  args: z.object({
    metadata: optional(anyValue()).describe('The newest job whose metadata has one of these entries.'),
    function: optional(anyValue()).describe('The newest job of these functions.'),
    target: optional(anyValue()).describe('The newest job for these minions.'),
  }),
  examples: ['jobs.last_run', 'jobs.last_run function=state.apply', "jobs.last_run metadata='{release: 7}'"],
  async run({ function: fun, target, metadata }, { store }) {
    const [job] = await findJobs(store, { fun, target, metadata }, 1);
    return job === undefined ? false : { [job.jid]: detailedJob(job, await store.deliveries(job.jid)) };
  },
});

/** `jobs.queue` */
export const queue = defineRunner({
  name: 'jobs.queue',
  summary: 'The durable jobs that wait for minions which are away, until when, and for whom.',
  args: z.object({ minion: optional(text()).describe('Only what waits for minions of this glob.') }),
  examples: ['jobs.queue', "jobs.queue 'web*'"],
  async run({ minion: glob }, { store }) {
    const matches = compileGlob(glob ?? '*');
    const byJid = new Map<Jid, string[]>();
    for (const { jid, minion, status } of await store.unfinished()) {
      if (status === 'queued' && matches(minion)) byJid.set(jid, [...(byJid.get(jid) ?? []), minion]);
    }
    const answer = new Map<Value, Plain>();
    for (const [jid, minions] of byJid) {
      const job = await store.findJob(jid);
      if (job?.durable !== true) continue;
      answer.set(jid, { ...listedJob(job), Until: new Date(job.notAfter).toISOString(), Minions: minions });
    }
    return answer;
  },
});

/** `jobs.cancel` */
export const cancel = defineRunner({
  name: 'jobs.cancel',
  summary: 'Stops a job: what waits is withdrawn, what runs is ended. Answers the minions that were asked.',
  args: z.object(jidArgument),
  examples: ['jobs.cancel 20261121070000123456'],
  async run({ jid }, context) {
    const { job } = await findJob(jid, context);
    const isOwn = await context.orchestrator().abort(job.jid);
    return { cancelled: isOwn ? [job.target.expression] : await context.dispatcher.cancel(job.jid, context.caller) };
  },
});

async function findJob(
  text_: string,
  { store }: RunnerContext,
): Promise<{ readonly job: JobRecord; readonly deliveries: readonly Delivery[] }> {
  const jid = parseJid(text_);
  const job = jid === undefined ? undefined : await store.findJob(jid);
  if (job === undefined) {
    throw new AppError({ code: 'job-unknown', message: `there is no job ${text_}; see 'salt-run jobs.list_jobs'` });
  }
  return { job, deliveries: await store.deliveries(job.jid) };
}
