import { silentLogger, toValue, type Dict, type Plain } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createMineUpdates, type MineUpdates } from './mine-updates.ts';

function start(options: Record<string, Plain>, isConnected = (): boolean => true) {
  const clock = createManualClock();
  const made: number[] = [];
  const updates: MineUpdates = createMineUpdates({
    clock,
    logger: silentLogger,
    options: toValue(options) as Dict,
    isConnected,
    update: async () => {
      made.push(clock.now());
      return undefined;
    },
  });
  const advance = async (minutes: number): Promise<void> => {
    await Promise.resolve();
    await Promise.resolve();
    clock.advance(minutes * 60_000);
  };
  return { updates, made, advance, begin: clock.now() };
}

describe('updates of the mine', () => {
  it('come with the first connection and then at intervals', async () => {
    const { updates, made, advance, begin } = start({ mine_enabled: true, mine_interval: 5 });
    await advance(10);
    expect(made).toEqual([]);
    updates.connected();
    updates.connected();
    await advance(5);
    await advance(5);
    expect(made.map((time) => (time - begin) / 60_000)).toEqual([10, 15, 20]);
    updates.stop();
    await advance(5);
    expect(made).toHaveLength(3);
  });

  it('wait for the master without losing their turn', async () => {
    let isConnected = true;
    const { updates, made, advance } = start({ mine_enabled: true, mine_interval: 1 }, () => isConnected);
    updates.connected();
    isConnected = false;
    await advance(1);
    await advance(1);
    isConnected = true;
    await advance(1);
    expect(made).toHaveLength(2);
  });

  it('are made once without an interval, and not at all when they are off', async () => {
    const once = start({ mine_enabled: true, mine_interval: 0 });
    once.updates.connected();
    await once.advance(600);
    expect(once.made).toHaveLength(1);
    const off = start({ mine_enabled: false, mine_interval: 1 });
    off.updates.connected();
    await off.advance(600);
    expect(off.made).toEqual([]);
  });
});
