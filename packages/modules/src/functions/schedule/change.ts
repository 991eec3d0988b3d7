import { equalValues, isDict, pythonStr, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, text } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { buildItem, conflictingForms, isFault, timeConflict } from './build-item.ts';
import { isTruthy } from '../../kit/truth.ts';
import { allJobs, scheduleSource, type ScheduleSource } from './schedule-source.ts';

const name = text().describe('The name of the job.');
const kwargs = dict().describe(
  'What makes the job: `function`, `job_args`, `job_kwargs`, `seconds`, `cron`, `when`, `once`, `range`, `splay`, ' +
    '`maxrunning` and so on; and `test`, `persist`, `offline`.',
);

function sourceOf(context: Parameters<typeof scheduleSource>[0], given: Dict): ScheduleSource {
  return scheduleSource(context, isTruthy(given.get('offline')));
}

/** Puts a job into the schedule, or takes it out, wherever that is kept. */
async function putJob(source: ScheduleSource, func: 'add' | 'modify', job: string, how: { item: Dict; given: Dict }) {
  if (source.isOffline) {
    await source.replaceSaved(new Map([...(await source.saved()), [job, how.item]]));
    return;
  }
  await source.ask({ func, name: job, schedule: how.item, persist: how.given.get('persist') ?? true });
}

/** Whether the pillar gives a job, which no function can take away. */
async function isOfPillar(source: ScheduleSource, job: string): Promise<boolean> {
  return !source.isOffline && (await allJobs(source, 'pillar')).has(job);
}

async function dropJob(source: ScheduleSource, job: string, given: Dict): Promise<boolean> {
  if (!source.isOffline) {
    const left = await source.ask({ func: 'delete', name: job, persist: given.get('persist') ?? true });
    return isDict(left) && !left.has(job);
  }
  const saved: Dict = new Map(await source.saved());
  saved.delete(job);
  await source.replaceSaved(saved);
  return true;
}

const unitConflict = 'Error: Unable to use "seconds", "minutes", "hours", or "days" with "when" or "cron" options.';

export const add = defineFunction({
  name: 'schedule.add',
  summary: 'Adds a job to the schedule.',
  args: z.object({ name, kwargs }),
  keywords: 'kwargs',
  examples: [
    "'*' schedule.add job1 function='test.ping' seconds=3600",
    `'*' schedule.add job2 function='cmd.run' job_args="['date >> /tmp/date.log']" seconds=60`,
  ],
  async run({ name: job, kwargs: given }, context): Promise<Plain> {
    const source = sourceOf(context, given);
    const failed = (comment: string): Plain => ({ comment, result: false, changes: {} });
    if ((await allJobs(source)).has(job)) return failed(`Job ${job} already exists in schedule.`);
    const conflict = timeConflict(given);
    if (conflict !== undefined) return failed(conflict === 'units' ? unitConflict : conflictingForms);
    const item = buildItem(job, given);
    if (isFault(item)) return { comment: item.comment, result: false };
    if (isTruthy(given.get('test'))) {
      return { comment: `Job: ${job} would be added to schedule.`, result: true, changes: {} };
    }
    await putJob(source, 'add', job, { item, given });
    return { comment: `Added job: ${job} to schedule.`, result: true, changes: { [job]: 'added' } };
  },
});

export const modify = defineFunction({
  name: 'schedule.modify',
  summary: 'Makes a job of the schedule another one.',
  args: z.object({ name, kwargs }),
  keywords: 'kwargs',
  examples: ["'*' schedule.modify job1 function='test.ping' seconds=3600"],
  async run({ name: job, kwargs: given }, context): Promise<Plain> {
    const source = sourceOf(context, given);
    const failed = (comment: string): Plain => ({ comment, changes: {}, result: false });
    const conflict = timeConflict(given);
    if (conflict === 'units') return failed(unitConflict.replace(' or "cron" options', ' option'));
    if (conflict === 'forms') return failed(conflictingForms);
    const current = (await allJobs(source)).get(job);
    if (!isDict(current ?? null)) return failed(`Job ${job} does not exist in schedule.`);
    const before = current as Dict;
    const wanted = given.has('function') ? given : new Map([...given, ['function', before.get('function') ?? null]]);
    const item = buildItem(job, wanted);
    if (isFault(item)) return { comment: item.comment, result: false };
    if (equalValues(item, before)) return { comment: `Job ${job} in correct state`, changes: {}, result: true };
    const changes = { [job]: { old: before, new: item } };
    if (!(await allJobs(source, 'opts')).has(job)) return failed(`Cannot modify job ${job}, it is in the pillar.`);
    if (isTruthy(given.get('test'))) {
      return { comment: `Job: ${job} would be modified in schedule.`, changes, result: true };
    }
    await putJob(source, 'modify', job, { item, given });
    return { comment: `Modified job: ${job} in schedule.`, changes, result: true };
  },
});

export const remove = defineFunction({
  name: 'schedule.delete',
  summary: 'Takes a job out of the schedule; one of the pillar stays.',
  args: z.object({ name, kwargs: dict().describe('`test`, `persist`, `offline`.') }),
  keywords: 'kwargs',
  examples: ["'*' schedule.delete job1"],
  async run({ name: job, kwargs: given }, context): Promise<Plain> {
    const source = sourceOf(context, given);
    if (job === '') return { comment: 'Job name is required.', result: false, changes: {} };
    const failed = { comment: `Failed to delete job ${job} from schedule.`, result: false, changes: {} };
    if (isTruthy(given.get('test'))) {
      if (await isOfPillar(source, job)) return failed;
      return { comment: `Job: ${job} would be deleted from schedule.`, result: true, changes: {} };
    }
    if (!(await allJobs(source)).has(job)) {
      return { comment: `Job ${job} does not exist.`, result: false, changes: {} };
    }
    if (!(await dropJob(source, job, given))) return failed;
    return { comment: `Deleted Job ${job} from schedule.`, result: true, changes: { [job]: 'removed' } };
  },
});

export const purge = defineFunction({
  name: 'schedule.purge',
  summary: 'Takes all jobs out of the schedule; those of the pillar stay.',
  args: z.object({ kwargs: dict().describe('`test`, `persist`, `offline`.') }),
  keywords: 'kwargs',
  examples: ["'*' schedule.purge"],
  async run({ kwargs: given }, context): Promise<Plain> {
    const source = sourceOf(context, given);
    const comment: string[] = [];
    const changes: Record<string, string> = {};
    for (const [key, job] of await allJobs(source)) {
      const job_ = pythonStr(key);
      if (!isDict(job) || job_.startsWith('__')) continue;
      if (isTruthy(given.get('test'))) {
        const isKept = await isOfPillar(source, job_);
        comment.push(
          isKept ? `Failed to delete job ${job_} from schedule.` : `Job: ${job_} would be deleted from schedule.`,
        );
      } else if (await dropJob(source, job_, given)) {
        comment.push(`Deleted job: ${job_} from schedule.`);
        changes[job_] = 'removed';
      } else comment.push(`Failed to delete job ${job_} from schedule.`);
    }
    return { comment, changes, result: true };
  },
});

/** Copies a job to other minions, or moves it there. */
function sendFunction(kind: 'copy' | 'move') {
  return defineFunction({
    name: `schedule.${kind}`,
    summary: kind === 'copy' ? 'Adds a job to the schedules of other minions.' : 'Moves a job to other minions.',
    args: z.object({
      name,
      target: text().describe('The minions, as a glob.'),
      kwargs: dict().describe('`test`.'),
    }),
    keywords: 'kwargs',
    examples: [`'*' schedule.${kind} jobname target`],
    async run({ name: job, target, kwargs: given }, context): Promise<Plain> {
      const source = scheduleSource(context);
      const done = kind === 'copy' ? 'copied' : 'moved';
      if (isTruthy(given.get('test'))) return { comment: `Job: ${job} would be ${done} from schedule.`, result: true };
      const item = (await allJobs(source)).get(job);
      if (item === undefined || !isDict(item)) return { comment: `Job ${job} does not exist.`, result: false };
      const answers = await context.call('publish.publish', [target, 'schedule.add', [job, toKeywords(item)]]);
      if (!isDict(answers) || answers.size === 0) {
        return { comment: 'no servers answered the published schedule.add command', result: true };
      }
      const refusing = [...answers].filter(([, answer]) => !isAdded(answer)).map(([minion]) => minion);
      if (refusing.length > 0) {
        return { comment: 'the following minions return False', result: true, minions: refusing };
      }
      if (kind === 'move') await dropJob(source, job, given);
      const comment =
        kind === 'copy' ? `Copied Job ${job} from schedule to minion(s).` : `Moved Job ${job} from schedule.`;
      return { comment, result: true, minions: [...answers.keys()] };
    },
  });
}

function isAdded(answer: Value): boolean {
  return isDict(answer) ? answer.get('result') === true : isTruthy(answer);
}

/** A job as the keyword arguments of `schedule.add`. */
function toKeywords(item: Dict): Dict {
  const keywords: Dict = new Map([['__kwarg__', true]]);
  for (const [key, value] of item) {
    const renamed = key === 'args' ? 'job_args' : key === 'kwargs' ? 'job_kwargs' : key;
    if (renamed !== 'name') keywords.set(renamed, value);
  }
  return keywords;
}

export const copy = sendFunction('copy');
export const move = sendFunction('move');
