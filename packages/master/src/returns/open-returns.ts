import { join } from 'node:path';
import { returnNames, type Clock, type Dict, type Failpoints, type Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { createOutbox, requireReturner, type Outbox } from '@brine/returners';
import type { EventTap } from '../events/event-bus.ts';
import { startEventReturns } from './event-returns.ts';

/** What leaves a master beside what it keeps. */
export interface Returns {
  readonly outbox: Pick<Outbox, 'put'>;
  close(): Promise<void>;
}

/** What it is opened with. */
export interface OpenReturnsOptions {
  readonly config: MasterConfig;
  /** The configuration under Salt's key names. */
  readonly options: Dict;
  readonly events: EventTap;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
}

/** Opens the way to the returners of a master. Throws `returner-unknown` for a name in the configuration that is none. */
export async function openReturns({
  config,
  options,
  events,
  clock,
  failpoints,
  logger: parent,
}: OpenReturnsOptions): Promise<Returns> {
  for (const name of [...config.event_return, ...returnNames(config.ext_job_cache)]) requireReturner(name);
  const logger = parent.child({ component: 'returners' });
  const outbox = createOutbox({
    folder: join(config.cachedir, 'returns'),
    ...{ options: () => options, id: config.id, clock, logger, failpoints },
  });
  await outbox.start();
  const listening = startEventReturns({ config, events, outbox, clock, logger });
  return {
    outbox,
    async close() {
      await listening.stop();
      await outbox.stop();
    },
  };
}
