import type { MasterAddress, MinionState } from '@brine/bus';

/** Which of several masters is tried next. */
export interface MasterSelector {
  /** The master of the attempt that begins: another one when the last attempt came to nothing. */
  next(): MasterAddress;
  /** Whether it is the one that comes first. */
  readonly isFirst: boolean;
  /** Told of every change of state. */
  follow(state: MinionState): void;
  /** The next attempt goes to the first master again. */
  restart(): void;
}

/** Goes through `addresses` in order, or as `shuffle` orders them. Throws nothing for a list with at least one. */
export function createMasterSelector(
  addresses: readonly [MasterAddress, ...MasterAddress[]],
  shuffle?: () => number,
): MasterSelector {
  const order = shuffle === undefined ? [...addresses] : inRandomOrder(addresses, shuffle);
  let index = 0;
  let isTrying = false;
  return {
    next() {
      if (isTrying) index = (index + 1) % order.length;
      isTrying = true;
      return order[index] ?? addresses[0];
    },
    get isFirst() {
      return index === 0;
    },
    follow(state) {
      if (state === 'accepted' || state === 'pending') isTrying = false;
    },
    restart() {
      index = 0;
      isTrying = false;
    },
  };
}

function inRandomOrder(addresses: readonly MasterAddress[], random: () => number): MasterAddress[] {
  const rest = [...addresses];
  const order: MasterAddress[] = [];
  while (rest.length > 0) order.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return order;
}
