import { AppError, decodeValue, finalJobStatuses, type Clock, type Jid, type JobStatus } from '@brine/common';
import type { JobEvent, JobReturnEvent } from '@brine/api';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Delivery, JobRecord, Store } from '../store/store.ts';
import type { JobWatchers } from './job-watchers.ts';

/** What following a job works with. */
export interface FollowPorts {
  readonly store: Store;
  readonly watchers: JobWatchers;
  readonly directory: MinionDirectory;
  readonly clock: Clock;
}

interface FollowOptions {
  /** Milliseconds a minion that has the job may be away before it counts as unreachable. */
  readonly patience: number;
  /** The same for a minion that vanished without saying that it stops; `patience` unless given. */
  readonly patienceWithVanished?: number;
  readonly signal: AbortSignal;
}

/** See `JobControl.follow`. */
export async function* followJob(jid: Jid, options: FollowOptions, ports: FollowPorts): AsyncIterable<JobEvent> {
  const { watchers, store } = ports;
  const queue = watchers.watch(jid, options.signal);
  const job = await store.findJob(jid);
  const patience = createPatience(
    ports,
    { ...options, isDurable: job?.durable === true, isOwn: job?.own === true },
    () => queue.push(wakeUp),
  );
  try {
    if (job === undefined) throw new AppError({ code: 'job-unknown', message: `there is no job ${jid}` });
    const open = new Map<string, JobStatus>();
    const deliveries = await store.deliveries(jid);
    yield { kind: 'submitted', jid, minions: deliveries.map(({ minion }) => minion) };
    if (job.batch !== undefined) yield { kind: 'batch', minions: releasedOf(deliveries) };
    for (const delivery of deliveries) {
      if (!isFinal(delivery.status)) open.set(delivery.minion, delivery.status);
      yield isFinal(delivery.status) ? toReturnEvent(job, delivery) : statusEvent(delivery);
    }
    yield* patience.unreachable(open);
    if (open.size > 0) yield* followOpen(queue, open, patience);
    yield { kind: 'end' };
  } finally {
    patience.stop();
    watchers.unwatch(jid, queue);
  }
}

/** Shown to nobody: makes a follower look again at who is reachable. */
export const wakeUp: JobEvent = { kind: 'status', minion: '', status: 'queued' };

async function* followOpen(
  queue: AsyncIterable<JobEvent>,
  open: Map<string, JobStatus>,
  patience: Patience,
): AsyncIterable<JobEvent> {
  for await (const event of queue) {
    if (event.kind === 'batch') yield event;
    if ('minion' in event && open.has(event.minion)) {
      if (event.kind === 'return') open.delete(event.minion);
      if (event.kind === 'status') open.set(event.minion, event.status);
      yield event;
    }
    // A look at all minions for each of their returns would be a square.
    if (patience.isConcernedBy(event)) yield* patience.unreachable(open);
    if (open.size === 0) return;
  }
}

interface Patience {
  /** Whether another look at who is reachable may find something new. */
  isConcernedBy(event: JobEvent): boolean;
  /** The minions that just ran out of patience; they are taken out of `open`. */
  unreachable(open: Map<string, JobStatus>): Generator<JobEvent>;
  stop(): void;
}

interface PatienceTerms extends Pick<FollowOptions, 'patience' | 'patienceWithVanished'> {
  readonly isDurable: boolean;
  /** The master runs it. */
  readonly isOwn: boolean;
}

/**
 * Counts for each open minion how long it has been away. A minion that was never reached expires by the job's own
 * limit; a durable job waits too long for anybody to watch.
 */
function createPatience({ directory, clock }: FollowPorts, terms: PatienceTerms, wake: () => void): Patience {
  const awaySince = new Map<string, number>();
  const connected: ReadonlySet<string> = directory.connected;
  const vanished: ReadonlySet<string> = directory.vanished;
  const patienceWith = (minion: string, status: JobStatus): number => {
    if (status === 'queued') return 0;
    return vanished.has(minion) ? (terms.patienceWithVanished ?? terms.patience) : terms.patience;
  };
  let timer = clock.after(0, () => {});
  return {
    isConcernedBy: (event) => event === wakeUp || (event.kind === 'status' && !connected.has(event.minion)),
    *unreachable(open) {
      const now = clock.monotonic();
      let next = Infinity;
      for (const [minion, status] of open) {
        if (terms.isOwn || connected.has(minion) || (status === 'queued' && !terms.isDurable)) {
          awaySince.delete(minion);
          continue;
        }
        const since = awaySince.get(minion) ?? now;
        awaySince.set(minion, since);
        const patience = patienceWith(minion, status);
        if (now - since < patience) {
          next = Math.min(next, since + patience - now);
          continue;
        }
        open.delete(minion);
        yield { kind: 'unreachable', minion, status };
      }
      timer.cancel();
      if (next < Infinity) timer = clock.after(next, wake);
    },
    stop: () => timer.cancel(),
  };
}

/** The minions that a batch has reached: they have the job, or may take it. */
function releasedOf(deliveries: readonly Delivery[]): readonly string[] {
  const isHeld = ({ status, notAfter }: Delivery): boolean => status === 'queued' && notAfter === undefined;
  return deliveries.filter((delivery) => !isHeld(delivery)).map(({ minion }) => minion);
}

function isFinal(status: JobStatus): boolean {
  return finalJobStatuses.includes(status);
}

function statusEvent({ minion, status }: Delivery): JobEvent {
  return { kind: 'status', minion, status };
}

/** A finished delivery as the event that its return was. */
export function toReturnEvent(job: JobRecord, delivery: Delivery): JobReturnEvent {
  return {
    kind: 'return',
    minion: delivery.minion,
    jid: job.jid,
    fun: job.fun,
    status: delivery.status,
    value: delivery.value === undefined ? null : decodeValue(delivery.value),
    retcode: delivery.retcode ?? 1,
    ...(delivery.outputter === undefined ? {} : { outputter: delivery.outputter }),
    ...(delivery.pillarVersion === undefined ? {} : { pillarVersion: delivery.pillarVersion }),
    ...(delivery.startedAt === undefined ? {} : { startedAt: delivery.startedAt }),
    ...(delivery.duration === undefined ? {} : { duration: delivery.duration }),
  };
}
