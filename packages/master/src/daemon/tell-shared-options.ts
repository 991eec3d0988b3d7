import type { MasterBus } from '@brine/bus';
import { encodeMessage, encodeValue, type Clock, type Dict, type Logger } from '@brine/common';
import type { Reloadable } from './reload-master.ts';
import { sharedKeys, sharedOptions } from './shared-options.ts';

/** Milliseconds that a reload waits for minions to learn of it; the others learn of it all the same. */
const patience = 5000;

/** Tells connected minions the options that they work by; the others hear them when they come back. */
export function tellSharedOptions(parts: {
  readonly options: Dict;
  readonly bus: () => MasterBus;
  readonly clock: Clock;
  readonly logger: Logger;
}): Reloadable {
  const tell = async (): Promise<void> => {
    const body = encodeMessage({ options: encodeValue(sharedOptions(parts.options)) });
    const told = parts
      .bus()
      .connectedMinions()
      .map(async (minion) => {
        try {
          await parts.bus().request(minion, 'master.options', body);
        } catch (error) {
          parts.logger.debug('minion was not told of changed options', { minion, error });
        }
      });
    await Promise.race([
      Promise.all(told),
      new Promise<void>((resolve) => parts.clock.after(patience, () => resolve())),
    ]);
  };
  return { keys: [...sharedKeys], prepare: () => tell };
}
