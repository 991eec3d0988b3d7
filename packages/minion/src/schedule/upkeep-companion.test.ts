import { silentLogger, toValue, type Dict, type Plain } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { expect, it } from 'vitest';
import type { CompanionHost, OwnJobWish } from '../daemon/companion.ts';
import { createUpkeepCompanion } from './upkeep-companion.ts';

function begin(options: Plain): {
  readonly begun: string[];
  readonly clock: ReturnType<typeof createManualClock>;
  readonly connect: (isConnected: boolean) => void;
  readonly stop: () => void;
} {
  const clock = createManualClock();
  const begun: string[] = [];
  let isConnected = false;
  const host: CompanionHost = {
    begin: async ({ name = '', fun, report }: OwnJobWish) => {
      begun.push(`${name} ${fun} ${report}`);
      return '1';
    },
    countOwn: () => 0,
    isConnected: () => isConnected,
    fire: async () => {},
    call: async () => null,
    running: () => [],
  };
  const companion = createUpkeepCompanion({ options: toValue(options) as Dict, clock, logger: silentLogger }, host);
  void companion.start();
  return {
    ...{ begun, clock, stop: () => companion.stop() },
    connect(is) {
      isConnected = is;
      if (is) companion.connected?.();
    },
  };
}

const grains = '__grains_refresh saltutil.refresh_grains none';
const mine = '__mine_interval mine.update store';
const minute = 60_000;

it('collects the grains anew every so many minutes, while the master is there', () => {
  const { begun, clock, connect, stop } = begin({ grains_refresh_every: 10 });
  connect(true);
  clock.advance(9 * minute);
  expect(begun).toEqual([]);
  clock.advance(minute);
  connect(false);
  clock.advance(10 * minute);
  connect(true);
  clock.advance(10 * minute);
  expect(begun).toEqual([grains, grains]);
  stop();
  clock.advance(60 * minute);
  expect(begun).toEqual([grains, grains]);
});

it('fills the mine with jobs whose returns are kept, with mine_return_job', () => {
  const settings = { mine_return_job: true, mine_enabled: true, mine_interval: 60 };
  const { begun, clock, connect } = begin(settings);
  connect(true);
  expect(begun).toEqual([mine]);
  connect(true);
  clock.advance(60 * minute);
  expect(begun).toEqual([mine, mine]);
  const quiet = begin({ ...settings, mine_enabled: false });
  quiet.connect(true);
  const usual = begin({ ...settings, mine_return_job: false });
  usual.connect(true);
  expect([quiet.begun, usual.begun]).toEqual([[], []]);
});
