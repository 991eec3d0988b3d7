import path from 'node:path';
import {
  isDict,
  pythonStr,
  returnNames,
  toValue,
  type Clock,
  type Dict,
  type Jid,
  type Logger,
  type Value,
} from '@brine/common';
import type { Caller, RunnerControl } from '@brine/api';
import type { FiredJob } from '@brine/common/schedule';
import { createScheduleKeeper, openScheduleFile, type ScheduleKeeper } from '@brine/daemon';
import type { Outbox } from '@brine/returners';
import type { EventBus } from '../events/event-bus.ts';
import { toldArguments } from '../jobs/told-arguments.ts';

/** What the master's schedule works with. */
export interface MasterScheduleOptions {
  readonly configDirectory: string;
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
  readonly runners: RunnerControl;
  readonly events: EventBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly caller: Caller;
  readonly nextJid: () => Jid;
  /** What hands returns on to returners. */
  readonly outbox: Pick<Outbox, 'put'>;
  random(): number;
}

/** The schedule of the master: its jobs are runners. What they answer is told to the event bus. */
export function createMasterSchedule(parts: MasterScheduleOptions): ScheduleKeeper {
  const { options, configDirectory, clock, logger } = parts;
  const running = new Map<string, number>();
  const configured = options.get('schedule');
  const count = (name: string, change: number): void => void running.set(name, (running.get(name) ?? 0) + change);
  return createScheduleKeeper({
    clock,
    logger,
    random: () => parts.random(),
    configured: isDict(configured) ? configured : new Map(),
    file: openScheduleFile(
      configDirectory,
      path.join(path.dirname(pythonStr(options.get('default_include') ?? 'master.d/*.conf')), '*.conf'),
    ),
    countRunning: (name) => running.get(name) ?? 0,
    run: (job) => {
      logger.info('scheduled job begins', { job: job.name, fun: job.fun });
      count(job.name, 1);
      void runJob(job, parts).finally(() => count(job.name, -1));
    },
  });
}

async function runJob(job: FiredJob, parts: MasterScheduleOptions): Promise<void> {
  const { runners, logger, caller } = parts;
  const { name, fun, positional, keyword } = job;
  const jid = parts.nextJid();
  try {
    const { value, retcode } = await runners.run({ fun, positional, keyword }, caller);
    logger.info('scheduled job ended', { job: name, fun, retcode });
    await tell(job, { jid, value, retcode }, parts);
  } catch (error) {
    logger.error('scheduled job failed', { job: name, fun, error });
    await tell(job, { jid, value: error instanceof Error ? error.message : String(error), retcode: 254 }, parts);
  }
}

interface Answer {
  readonly jid: Jid;
  readonly value: Value;
  readonly retcode: number;
}

/** Tells the event bus what a job answered, and the returners it names. */
async function tell(
  { name, fun, positional, keyword, definition }: FiredJob,
  { jid, value, retcode }: Answer,
  parts: MasterScheduleOptions,
): Promise<void> {
  const id = pythonStr(parts.options.get('id') ?? 'master');
  const metadata = definition.get('metadata');
  const told = {
    ...{ id, jid, fun, schedule: name, return: value, retcode, success: retcode === 0 },
    fun_args: toldArguments({ fun, positional, keyword }),
    ...(isDict(metadata) ? { metadata } : {}),
  };
  if (definition.get('return_job') !== false) {
    parts.events.emit(`salt/job/${jid}/ret/${id}`, { cmd: '_return', ...told });
  }
  const [config, kwargs] = [definition.get('return_config'), definition.get('return_kwargs')];
  for (const returner of returnNames(definition.get('returner'), parts.options.get('schedule_returner'))) {
    try {
      await parts.outbox.put({
        ...{ kind: 'return', returner, payload: toValue(told) as Dict },
        ...(typeof config === 'string' ? { config } : {}),
        ...(isDict(kwargs) ? { kwargs } : {}),
      });
    } catch (error) {
      parts.logger.error('a return cannot be handed to a returner', { job: name, returner, error });
    }
  }
}
