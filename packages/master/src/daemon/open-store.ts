import { join } from 'node:path';
import { AppError, type Clock, type Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { openSpaceReserve } from '@brine/daemon';
import type { EventBus } from '../events/event-bus.ts';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';

/** Room for returns that come while the disk is full, and what must be free beside it for a new job. */
const keptSpace = { bytes: 16_777_216, margin: 8_388_608 };

/** The job store of a master. */
export interface OpenedStore {
  readonly store: Store;
  /** Resolves when the store turns out to be damaged: the master is to end, for its next start salvages it. */
  readonly failed: Promise<AppError>;
  /** Tells the event bus of a store that was damaged when it was opened; called when somebody can hear it. */
  announce(events: Pick<EventBus, 'emit'>): void;
}

/** Opens the job store below `cachedir`; a damaged one is put aside, and what can be read of it goes on in a new one. */
export function openStore({
  config,
  clock,
  logger,
}: {
  readonly config: MasterConfig;
  readonly clock: Clock;
  readonly logger: Logger;
}): OpenedStore {
  const path = join(config.cachedir, 'jobs.db');
  let fail: (error: AppError) => void = () => {};
  const failed = new Promise<AppError>((resolve) => (fail = resolve));
  let damage: Readonly<Record<string, unknown>> | undefined;
  const reserve = openSpaceReserve({ file: join(config.cachedir, 'reserve'), ...keptSpace });
  const store = openSqliteStore(path, () => clock.now(), reserve, {
    onSalvage({ quarantine, problem, rows, incomplete }) {
      damage = { file: path, quarantine, problem, kept: rows, incomplete };
      logger.error('job store was damaged; what could be read of it was kept', damage);
    },
    onDamage(cause) {
      const message = `the job store ${path} is damaged: salt-master ends, and its next start keeps what can be read of it`;
      logger.error('job store is damaged', { file: path, error: cause });
      fail(new AppError({ code: 'store-damaged', message, cause, exitCode: 74 }));
    },
  });
  return {
    store,
    failed,
    announce: (events) => {
      if (damage !== undefined) events.emit('salt/master/store-damaged', damage as never);
    },
  };
}
