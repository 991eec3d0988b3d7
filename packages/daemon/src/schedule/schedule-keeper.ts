import { copyValue, isDict, pythonStr, type Dict, type Logger, type Value } from '@brine/common';
import {
  createScheduler,
  formatScheduleTime,
  parseTimeFormat,
  type Scheduler,
  type SchedulerOptions,
} from '@brine/common/schedule';
import type { ScheduleFile } from './schedule-file-store.ts';

/** What a keeper is made of. */
export interface ScheduleKeeperOptions extends Omit<SchedulerOptions, 'findWhen' | 'onError'> {
  /** The schedule of the configuration. */
  readonly configured: Dict;
  readonly file: ScheduleFile;
  readonly logger: Logger;
  /** The grains' `whens`. */
  findWhen?(name: string): Value | undefined;
}

/** A daemon's schedule: jobs of the configuration, what functions made of them, and jobs of the pillar. */
export interface ScheduleKeeper {
  /** Begins to run jobs. */
  start(): Promise<void>;
  /** Takes over a new schedule of the configuration; what functions made of a job stays. */
  configure(configured: Dict): void;
  /** The pillar's `schedule` and `whens`; its jobs cannot be changed from here. */
  setPillar(pillar: Dict): void;
  /** Does what the functions of `schedule` ask, by Salt's names: `{func: delete, name: job1, persist: true}`. */
  answer(request: Dict): Promise<Value>;
  stop(): void;
}

interface Kept {
  readonly own: Dict;
  /** What the configuration says. */
  configured: Dict;
  pillar: Dict;
  whens: Dict;
}

/** Creates a keeper; what was saved goes before what is configured. */
export function createScheduleKeeper(options: ScheduleKeeperOptions): ScheduleKeeper {
  const { logger, file } = options;
  const kept: Kept = { own: new Map(), configured: options.configured, pillar: new Map(), whens: new Map() };
  const scheduler = createScheduler({
    ...options,
    findWhen: (name) => kept.whens.get(name) ?? options.findWhen?.(name),
    onError: (job, error) => logger.error('scheduled job cannot run', { job, error }),
  });
  const merged = (): Dict => new Map([...kept.pillar, ...kept.own]);
  const changed = (): void => scheduler.setJobs(merged());
  const persist = (): Promise<void> => save(kept, options);
  return {
    start: async () => {
      for (const [key, value] of kept.configured) kept.own.set(key, value);
      for (const [key, value] of await loadSaved(file, logger)) kept.own.set(key, value);
      changed();
    },
    configure: (configured) => {
      for (const [key, value] of kept.configured) if (kept.own.get(key) === value) kept.own.delete(key);
      for (const [key, value] of configured) if (!kept.own.has(key)) kept.own.set(key, value);
      kept.configured = configured;
      changed();
    },
    setPillar: (pillar) => {
      const [schedule, whens] = [pillar.get('schedule'), pillar.get('whens')];
      kept.pillar = isDict(schedule) ? schedule : new Map();
      kept.whens = isDict(whens) ? whens : new Map();
      changed();
    },
    answer: async (request) => {
      const name = pythonStr(request.get('name') ?? '');
      const action = actions[pythonStr(request.get('func') ?? '')];
      if (action === undefined) return ask({ kept, scheduler, persist }, name, request);
      action(kept.own, name, request);
      changed();
      if (request.get('persist') !== false) await persist();
      return copyValue(merged());
    },
    stop: () => scheduler.stop(),
  };
}

async function save({ own }: Kept, { file, logger }: ScheduleKeeperOptions): Promise<void> {
  try {
    await file.save(own);
  } catch (error) {
    logger.error('schedule could not be saved', { error });
  }
}

interface Asked {
  readonly kept: Kept;
  readonly scheduler: Scheduler;
  readonly persist: () => Promise<void>;
}

/** What changes no job. */
async function ask({ kept, scheduler, persist }: Asked, name: string, request: Dict): Promise<Value> {
  switch (pythonStr(request.get('func') ?? '')) {
    case 'list':
      return copyValue(listed(kept, request.get('where')));
    case 'save_schedule':
      await persist();
      return true;
    case 'run_job':
      scheduler.runNow(name);
      return true;
    case 'get_next_fire_time': {
      const next = scheduler.nextFireTime(name);
      return next === undefined ? null : formatScheduleTime(next);
    }
    case 'job_status':
      return scheduler.statusOf(name);
    default:
      return null;
  }
}

async function loadSaved(file: ScheduleFile, logger: Logger): Promise<Dict> {
  try {
    return (await file.load()) ?? new Map();
  } catch (error) {
    logger.error('saved schedule cannot be read', { error });
    return new Map();
  }
}

/** The jobs of one place or of both, each with its name, which Salt's scheduler adds too. */
function listed({ own, pillar }: Kept, where: Value | undefined): Dict {
  const found: Dict = new Map([...(where === 'opts' ? [] : pillar), ...(where === 'pillar' ? [] : own)]);
  for (const [name, job] of found) if (isDict(job) && !job.has('name')) found.set(name, new Map(job).set('name', name));
  return found;
}

type Action = (own: Dict, name: string, request: Dict) => void;

/** What changes jobs; a job of the pillar stays as it is. */
const actions: Readonly<Record<string, Action>> = {
  add: (own, name, request) => own.set(name, dictOf(request.get('schedule'))),
  modify: (own, name, request) => own.set(name, dictOf(request.get('schedule'))),
  delete: (own, name) => own.delete(name),
  delete_prefix: (own, name) => {
    for (const key of [...own.keys()]) if (pythonStr(key).startsWith(name)) own.delete(key);
  },
  enable_job: (own, name) => change(own, name, (job) => job.set('enabled', true)),
  disable_job: (own, name) => change(own, name, (job) => job.set('enabled', false)),
  enable: (own) => own.set('enabled', true),
  disable: (own) => own.set('enabled', false),
  reload: (own, _name, request) => {
    for (const [key, value] of dictOf(request.get('schedule'))) own.set(key, value);
  },
  postpone_job: (own, name, request) =>
    change(own, name, (job) => {
      addMoment(job, 'skip_explicit', request, 'time');
      addMoment(job, 'run_explicit', request, 'new_time');
    }),
  skip_job: (own, name, request) => change(own, name, (job) => addMoment(job, 'skip_explicit', request, 'time')),
};

function change(own: Dict, name: string, alter: (job: Dict) => void): void {
  const job = own.get(name);
  if (!isDict(job)) return;
  const copy: Dict = new Map(job);
  alter(copy);
  own.set(name, copy);
}

const longestKept = 24 * 60 * 60 * 1000;

/** Adds a moment to a list, which is rid of those of days gone by. */
function addMoment(job: Dict, list: string, request: Dict, key: string): void {
  const present = job.get(list);
  const moment: Dict = new Map([
    ['time', request.get(key) ?? null],
    ['time_fmt', request.get('time_fmt') ?? null],
  ]);
  job.set(list, [...(Array.isArray(present) ? present.filter(isRecent) : []), moment]);
}

function isRecent(item: Value): boolean {
  if (!isDict(item)) return true;
  const at = parseTimeFormat(pythonStr(item.get('time') ?? ''), pythonStr(item.get('time_fmt') ?? ''));
  return at === undefined || at > Date.now() - longestKept;
}

function dictOf(value: Value | undefined): Dict {
  return isDict(value) ? value : new Map();
}
