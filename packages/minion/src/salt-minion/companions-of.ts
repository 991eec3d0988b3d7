import path from 'node:path';
import { pythonStr, systemClock, type Dict, type Logger } from '@brine/common';
import { createBeaconsCompanion } from '../beacons/beacons-companion.ts';
import { createLocalEyes } from '../beacons/local-eyes.ts';
import { createConvergeCompanion } from '../converge/converge-companion.ts';
import { readConvergeSettings } from '../converge/converge-settings.ts';
import { createDriftWatcher } from '../converge/drift-watcher-store.ts';
import { openPauseFile } from '../converge/pause-file-store.ts';
import type { Companion, CompanionHost } from '../daemon/companion.ts';
import { createScheduleCompanion } from '../schedule/schedule-companion.ts';
import { createUpkeepCompanion } from '../schedule/upkeep-companion.ts';
import { createStartupCompanion } from '../schedule/startup-companion.ts';

/** The parts of a real daemon that start jobs by themselves. Throws `converge-invalid`. */
export function createCompanionsOf(options: Dict, logger: Logger, host: CompanionHost): readonly Companion[] {
  const parts = (component: string) => ({
    options,
    logger: logger.child({ component }),
    clock: systemClock,
    random: Math.random,
  });
  const companions = [
    createScheduleCompanion(parts('schedule'), host),
    createStartupCompanion(parts('startup'), host),
    createUpkeepCompanion(parts('upkeep'), host),
    createBeaconsCompanion({ ...parts('beacons'), eyes: createLocalEyes() }, host),
  ];
  const settings = readConvergeSettings(options);
  if (settings === undefined) return companions;
  const converge = createConvergeCompanion(
    {
      ...parts('converge'),
      settings,
      pauses: openPauseFile(path.join(pythonStr(options.get('cachedir') ?? ''), 'converge', 'paused')),
      createWatcher: createDriftWatcher,
      isLocal: options.get('file_client') === 'local',
    },
    host,
  );
  return [...companions, converge];
}
