import { compileGlob, type Clock, type Dict, type Logger, type Timer, type Value } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import type { Outbox } from '@brine/returners';
import type { EventTap } from '../events/event-bus.ts';

/** What events are handed on with. */
export interface EventReturnsOptions {
  readonly config: Pick<
    MasterConfig,
    | 'event_return'
    | 'event_return_queue'
    | 'event_return_queue_max_seconds'
    | 'event_return_whitelist'
    | 'event_return_blacklist'
  >;
  readonly events: EventTap;
  readonly outbox: Pick<Outbox, 'put'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Events of a master on their way to returners. */
export interface EventReturns {
  /** Hands on what was gathered and listens no more. */
  stop(): Promise<void>;
}

/** Milliseconds in which events are gathered when no queue is configured: one file for a burst of them. */
const moment = 100;

/** Hands events on to the returners of `event_return`, as far as the white and black list let them. */
export function startEventReturns({ config, events, outbox, clock, logger }: EventReturnsOptions): EventReturns {
  const { event_return: returners, event_return_queue: size } = config;
  if (returners.length === 0) return { stop: async () => {} };
  const isWanted = createFilter(config.event_return_whitelist, config.event_return_blacklist);
  const wait = size === 0 ? moment : 1000 * config.event_return_queue_max_seconds;
  let gathered: Dict[] = [];
  let timer: Timer | undefined;
  let writing = Promise.resolve();

  function handOn(): void {
    timer?.cancel();
    timer = undefined;
    const payload = gathered;
    gathered = [];
    if (payload.length === 0) return;
    for (const returner of returners) {
      writing = writing
        .then(async () => outbox.put({ kind: 'events', returner, payload }))
        .catch((error: unknown) => logger.error('events cannot be handed to a returner', { returner, error }));
    }
  }

  const stop = events.listen(({ tag, payload }) => {
    if (!isWanted(tag)) return;
    gathered.push(
      new Map<Value, Value>([
        ['tag', tag],
        ['data', payload],
      ]),
    );
    if (gathered.length >= (size === 0 ? 1000 : size)) handOn();
    else if (wait > 0) timer ??= clock.after(wait, handOn);
  });
  return {
    async stop() {
      stop();
      handOn();
      await writing;
    },
  };
}

function createFilter(whitelist: readonly string[], blacklist: readonly string[]): (tag: string) => boolean {
  const [allowed, refused] = [whitelist.map(compileGlob), blacklist.map(compileGlob)];
  return (tag) => {
    if (allowed.length > 0 && !allowed.some((matches) => matches(tag))) return false;
    return !refused.some((matches) => matches(tag));
  };
}
