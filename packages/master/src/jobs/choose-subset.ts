import type { MinionId } from '@brine/common';

/** A random choice of `size` minions, sorted; those that are connected come before all others. */
export function chooseSubset(
  minions: readonly MinionId[],
  options: {
    readonly size: number;
    readonly connected: ReadonlySet<MinionId>;
    /** A number from 0 up to, but not including, 1. */
    readonly random: () => number;
  },
): readonly MinionId[] {
  const drawn = minions.map((minion) => ({
    minion,
    away: options.connected.has(minion) ? 0 : 1,
    lot: options.random(),
  }));
  return drawn
    .sort((a, b) => a.away - b.away || a.lot - b.lot)
    .slice(0, options.size)
    .map(({ minion }) => minion)
    .sort();
}
