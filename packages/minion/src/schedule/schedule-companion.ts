import {
  encodeValue,
  isDict,
  pythonStr,
  returnNames,
  type Clock,
  type Dict,
  type Failpoints,
  type Logger,
} from '@brine/common';
import type { FiredJob } from '@brine/common/schedule';
import { createScheduleKeeper, openScheduleFile } from '@brine/daemon';
import { guard } from '../daemon/failpoints.ts';
import type { Companion, CompanionHost, OwnJobWish } from '../daemon/companion.ts';

/** What a minion's schedule is made of. */
export interface ScheduleCompanionOptions {
  /** The minion's configuration under Salt's key names. */
  readonly options: Dict;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
}

/** The schedule of a minion. */
export function createScheduleCompanion(
  { options, clock, logger, random, failpoints }: ScheduleCompanionOptions,
  host: CompanionHost,
): Companion {
  const configured = options.get('schedule');
  const file = openScheduleFile(
    pythonStr(options.get('config_dir') ?? ''),
    pythonStr(options.get('default_include') ?? 'minion.d/*.conf'),
  );
  const keeper = createScheduleKeeper({
    clock,
    random,
    logger,
    configured: isDict(configured) ? configured : new Map(),
    file: guard('schedule', file, failpoints),
    countRunning: (name) => host.countOwn('schedule', name),
    run: (job) => {
      logger.info('scheduled job begins', { job: job.name, fun: job.fun });
      host.begin(toWish(job)).catch((error: unknown) => {
        logger.error('scheduled job could not begin', { job: job.name, error });
      });
    },
    findWhen: (name) => {
      const grains = options.get('grains');
      const whens = isDict(grains) ? grains.get('whens') : undefined;
      return isDict(whens) ? whens.get(name) : undefined;
    },
  });
  return {
    name: 'schedule',
    start: () => keeper.start(),
    stop: () => keeper.stop(),
    configure: (changed) => {
      const jobs = changed.get('schedule');
      keeper.configure(isDict(jobs) ? jobs : new Map());
    },
    setPillar: (pillar) => keeper.setPillar(pillar),
    answer: (request) => keeper.answer(request),
  };
}

function toWish({ name, fun, positional, keyword, definition }: FiredJob): OwnJobWish {
  const metadata = definition.get('metadata');
  return {
    kind: 'schedule',
    name,
    report: reportOf(definition),
    ...(isDict(metadata) ? { metadata: encodeValue(metadata) } : {}),
    fun,
    positional,
    keyword,
    ...returnersOf(definition),
  };
}

function returnersOf(definition: Dict): Pick<OwnJobWish, 'returners'> {
  const names = returnNames(definition.get('returner'));
  if (names.length === 0) return {};
  const config = definition.get('return_config');
  const kwargs = definition.get('return_kwargs');
  return {
    returners: {
      names,
      ...(typeof config === 'string' ? { config } : {}),
      ...(isDict(kwargs) ? { kwargs: encodeValue(kwargs) } : {}),
    },
  };
}

/** `return_job: False` keeps a return from the master, `nocache` from its job store. */
function reportOf(definition: Dict): OwnJobWish['report'] {
  const asked = definition.get('return_job');
  if (asked === false) return 'none';
  return asked === 'nocache' ? 'event' : 'store';
}
