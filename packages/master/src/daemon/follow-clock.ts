import type { MasterBus } from '@brine/bus';
import type { Logger, WatchedClock } from '@brine/common';
import type { Dispatcher } from '../jobs/dispatcher.ts';

/** Deadlines go with a clock that is set back, and minions learn what time it is. */
export function followClock(
  clock: WatchedClock,
  { bus, dispatcher, logger }: { readonly bus: MasterBus; readonly dispatcher: Dispatcher; readonly logger: Logger },
): void {
  clock.onStep((milliseconds) => {
    logger.warn('the clock was set', { milliseconds });
    bus.clockStepped(milliseconds);
    dispatcher.clockStepped(milliseconds).catch((error: unknown) => {
      logger.error('deadlines could not follow the clock', { error });
    });
  });
}
