import { isCompound, missingMinions, type Jid, type MinionId } from '@brine/common';
import type { EventBus } from '../events/event-bus.ts';
import type { JobRecord, Store } from '../store/store.ts';
import { toReturnEvent } from './follow-job.ts';
import type { JobWatchers } from './job-watchers.ts';
import { toldEncodedArguments } from './told-arguments.ts';

/** Tells the event bus of a new job, in Salt's shape. */
export function announceJob(job: JobRecord, minions: readonly MinionId[], events: EventBus): void {
  events.emit(
    `salt/job/${job.jid}/new`,
    {
      jid: job.jid,
      tgt_type: job.target.type,
      tgt: job.target.expression,
      user: job.user,
      fun: functionOf(job),
      arg: toldEncodedArguments(job.fun, job.positional, job.keyword),
      minions,
      missing: [...missingMinions(job.target, minions)],
      ...(job.metadata === undefined ? {} : { metadata: job.metadata }),
    },
    'user',
  );
}

/** Tells followers and the event bus how a minion ended, from what is in the store. */
export async function announceReturn(
  jid: Jid,
  minion: MinionId,
  { store, watchers, events }: { readonly store: Store; readonly watchers: JobWatchers; readonly events: EventBus },
): Promise<void> {
  const job = await store.findJob(jid);
  const delivery = await store.findDelivery(jid, minion);
  if (job === undefined || delivery === undefined) return;
  const event = toReturnEvent(job, delivery);
  watchers.tell(jid, event);
  events.emit(
    `salt/job/${jid}/ret/${minion}`,
    {
      cmd: '_return',
      id: minion,
      jid,
      fun: functionOf(job),
      fun_args: toldEncodedArguments(job.fun, job.positional, job.keyword),
      user: job.user,
      return: event.value,
      retcode: event.retcode,
      success: event.status === 'ok',
      status: event.status,
      ...(event.outputter === undefined ? {} : { out: event.outputter }),
      ...(event.pillarVersion === undefined ? {} : { pillar_version: event.pillarVersion }),
      ...(job.metadata === undefined ? {} : { metadata: job.metadata }),
    },
    'minion',
  );
}

/** Salt names several functions as a list. */
function functionOf({ fun }: JobRecord): string | string[] {
  return isCompound(fun) ? fun.split(',') : fun;
}
