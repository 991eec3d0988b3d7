import { AppError, equalValues, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  fails,
  isOk,
  optional,
  text,
  willChange,
  type Argument,
  type StateContext,
} from '../../kit/index.ts';

/** Handed on to `schedule.add` as it is given, which says what is wrong with it. */
const handed = (description: string): Argument<Value | undefined> => optional(anyValue()).describe(description);

const jobArguments = {
  function: handed('The function to run.'),
  job_args: handed('Its positional arguments, a list.'),
  job_kwargs: handed('Its keyword arguments, a mapping.'),
  seconds: handed('Run every so many seconds.'),
  minutes: handed('Run every so many minutes.'),
  hours: handed('Run every so many hours.'),
  days: handed('Run every so many days.'),
  when: handed('Run at a date, or at each of a list.'),
  cron: handed('Run at the times of a cron line.'),
  once: handed('Run once, at this time.'),
  once_fmt: handed('How `once` is written; `%Y-%m-%dT%H:%M:%S` unless given.'),
  run_on_start: handed('Whether it also runs when the minion starts.'),
  maxrunning: handed('How many runs may go on at once; one unless given.'),
  jid_include: handed('Whether runs are counted for `maxrunning`.'),
  splay: handed('Seconds that a run is late at random, or a mapping with `start` and `end`.'),
  range: handed('A mapping with `start` and `end`: run only then.'),
  skip_during_range: handed('A mapping with `start` and `end`: do not run then.'),
  run_after_skip_range: handed('Whether it runs right after `skip_during_range`.'),
  after: handed('Do not run before this date.'),
  until: handed('Do not run after this date.'),
  enabled: handed('Whether the job is switched on; it is unless given.'),
  return_job: handed('Whether the master is told what came of it.'),
  metadata: handed('A mapping that goes beside the return.'),
  returner: handed('Returners for the results.'),
  return_config: handed('The configuration of the returners.'),
  return_kwargs: handed('Settings of the returners.'),
  persist: handed('Whether the change outlives the daemon; it does unless given.'),
};

/** `schedule.present` */
export const present = defineState({
  name: 'schedule.present',
  summary: 'Keeps a job in the schedule of the minion.',
  args: z.object({ name: text().describe('The name of the job.'), ...jobArguments }),
  examples: [
    `highstate:
  schedule.present:
    - function: state.highstate
    - minutes: 60
    - splay: 300`,
    `backup:
  schedule.present:
    - function: cmd.run
    - job_args:
      - /usr/local/bin/backup
    - cron: '0 3 * * *'`,
  ],
  acceptsUnknown: true,
  async check({ name, ...job }, context) {
    const entries = Object.entries(job).filter((entry): entry is [string, Value] => entry[1] !== undefined);
    const given: Dict = new Map<Value, Value>(entries);
    const current = (await listJobs(context)).get(name);
    const item = await context.call('schedule.build_schedule_item', [name], given);
    if (!isDict(item) || item.get('result') === false) return fails(commentOf(item));
    const isNew = current === undefined;
    if (!isNew && equalValues(item, current)) return isOk(`Job ${name} in correct state`);
    const what = isNew ? 'schedule.add' : 'schedule.modify';
    const foretold = await context.call(what, [name], new Map<Value, Value>([...given, ['test', true]]));
    if (isRefusal(foretold)) return fails(commentOf(foretold));
    const changes = isNew ? { [name]: 'added' } : { [name]: { old: current, new: item } };
    return willChange({ comment: commentOf(foretold), changes }, async () => {
      const done = await context.call(what, [name], given);
      if (!isDict(done) || done.get('result') !== true) return { comment: commentOf(done), changes: {}, failed: true };
      const comment = isNew ? `Adding new job ${name} to schedule` : `Modifying job ${name} in schedule`;
      return { comment, changes };
    });
  },
});

/** The jobs of the schedule, disabled ones too. */
export async function listJobs(context: StateContext): Promise<Dict> {
  const keywords = new Map<Value, Value>([
    ['show_all', true],
    ['return_yaml', false],
  ]);
  const jobs = await context.call('schedule.list', [], keywords).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({ code: 'state-failed', message: `the schedule cannot be read: ${reason}`, cause });
  });
  return isDict(jobs) ? jobs : new Map();
}

/** Whether a function of `schedule` does not do what is asked, or in a dry run would not. */
export function isRefusal(answer: Value): boolean {
  return isDict(answer) && answer.get('result') === false;
}

/** What a function of `schedule` says. */
export function commentOf(answer: Value): string {
  const comment = isDict(answer) ? answer.get('comment') : answer;
  return Array.isArray(comment) ? comment.map(pythonStr).join('\n') : pythonStr(comment ?? '');
}
