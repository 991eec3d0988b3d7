import { connect } from 'node:net';
import type { MasterAddress, MinionBus, MinionState } from '@brine/bus';
import { systemClock, type Dict, type Logger, type Timer } from '@brine/common';
import { readMasters } from './master-addresses.ts';
import type { MasterSelector } from './master-selector.ts';

/** What goes back to the first master. */
export interface Failback {
  /** Told of every change of state. */
  follow(state: MinionState): void;
}

/**
 * With `master_failback` a minion that serves another master looks every `master_failback_interval` seconds whether the
 * first one takes connections again, and goes back to it.
 */
export function keepToFirstMaster(parts: {
  readonly options: Dict;
  readonly masters: MasterSelector;
  readonly bus: Pick<MinionBus, 'reconnect' | 'state'>;
  readonly logger: Logger;
}): Failback {
  const { options, masters, bus, logger } = parts;
  const seconds = options.get('master_failback_interval');
  if (options.get('master_failback') !== true || typeof seconds !== 'number' || seconds <= 0)
    return { follow: () => {} };
  const [first] = readMasters(options);
  let timer: Timer | undefined;

  async function look(): Promise<void> {
    if (bus.state !== 'accepted' || masters.isFirst) return;
    if (await takesConnections(first)) {
      logger.info('the first master is back', { host: first.host });
      masters.restart();
      await bus.reconnect();
    } else {
      wait();
    }
  }
  function wait(): void {
    timer?.cancel();
    timer = systemClock.after(Number(seconds) * 1000, () => void look());
  }
  return {
    follow(state) {
      timer?.cancel();
      if (state === 'accepted' && !masters.isFirst) wait();
    },
  };
}

function takesConnections({ host, port }: MasterAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.setTimeout(5000, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
