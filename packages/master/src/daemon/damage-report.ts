import { AppError, type Failpoints, type Logger } from '@brine/common';
import type { EventBus } from '../events/event-bus.ts';
import type { StoreWatch } from '../store/store-watch.ts';

/** What becomes of damage in the files that a master keeps. */
export interface DamageReport {
  /** Watches one file; `name` is what people call it. */
  watch(name: string, file: string): StoreWatch;
  /** Resolves when an open file turns out to be damaged: the master is to end, for its next start salvages it. */
  readonly failed: Promise<AppError>;
  /** Tells the event bus of files that were damaged when they were opened; called when somebody can hear it. */
  announce(events: Pick<EventBus, 'emit'>): void;
}

export function createDamageReport(logger: Logger, failpoints: Failpoints): DamageReport {
  let fail: (error: AppError) => void = () => {};
  const failed = new Promise<AppError>((resolve) => (fail = resolve));
  const damages: { readonly damage: Readonly<Record<string, unknown>>; readonly forget: () => void }[] = [];
  return {
    watch: (name, file) => ({
      // What it does cannot wait for anything.
      reach: (failpoint) => void failpoints.reach(failpoint),
      onSalvage({ quarantine, problem, rows, incomplete, isResumed, forget }) {
        const damage = { store: name, file, quarantine, problem, kept: rows, incomplete, resumed: isResumed };
        damages.push({ damage, forget });
        logger.error('a store was damaged; what could be read of it was kept', damage);
      },
      onDamage(cause) {
        const message = `the ${name} ${file} is damaged: salt-master ends, and its next start keeps what can be read of it`;
        logger.error('a store is damaged', { store: name, file, error: cause });
        fail(new AppError({ code: 'store-damaged', message, cause, exitCode: 74 }));
      },
    }),
    failed,
    announce: (events) => {
      for (const { damage, forget } of damages.splice(0)) {
        events.emit('salt/master/store-damaged', damage as never);
        forget();
      }
    },
  };
}
