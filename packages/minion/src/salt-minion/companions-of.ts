import path from 'node:path';
import { pythonStr, systemClock, type Dict, type Failpoints, type Logger } from '@brine/common';
import { createBeaconsCompanion } from '../beacons/beacons-companion.ts';
import { createLocalEyes } from '../beacons/local-eyes.ts';
import { createConvergeCompanion } from '../converge/converge-companion.ts';
import { readConvergeSettings } from '../converge/converge-settings.ts';
import { createDriftWatcher } from '../converge/drift-watcher-store.ts';
import { openPauseFile } from '../converge/pause-file-store.ts';
import { openWatchFile } from '../converge/watch-file-store.ts';
import type { Companion, CompanionHost } from '../daemon/companion.ts';
import { guard } from '../daemon/failpoints.ts';
import { createScheduleCompanion } from '../schedule/schedule-companion.ts';
import { createUpkeepCompanion } from '../schedule/upkeep-companion.ts';
import { createStartupCompanion } from '../schedule/startup-companion.ts';

/** What the companions of a real daemon are made of. */
export interface CompanionsOfParts {
  readonly options: Dict;
  readonly logger: Logger;
  readonly failpoints: Failpoints;
}

/** The parts of a real daemon that start jobs by themselves. Throws `converge-invalid`. */
export function createCompanionsOf(
  { options, logger, failpoints }: CompanionsOfParts,
  host: CompanionHost,
): readonly Companion[] {
  const parts = (component: string) => ({
    options,
    logger: logger.child({ component }),
    clock: systemClock,
    random: Math.random,
  });
  const companions = [
    createScheduleCompanion({ ...parts('schedule'), failpoints }, host),
    createStartupCompanion(parts('startup'), host),
    createUpkeepCompanion(parts('upkeep'), host),
    createBeaconsCompanion({ ...parts('beacons'), eyes: createLocalEyes() }, host),
  ];
  const settings = readConvergeSettings(options);
  if (settings === undefined) return companions;
  const cache = path.join(pythonStr(options.get('cachedir') ?? ''), 'converge');
  const file = openWatchFile(path.join(cache, 'watch'), pythonStr(options.get('pki_dir') ?? ''));
  const kept = guard('converge', file, failpoints);
  const converge = createConvergeCompanion(
    {
      ...parts('converge'),
      settings,
      pauses: guard('converge-pause', openPauseFile(path.join(cache, 'paused')), failpoints),
      createWatcher: (onDrift) => createDriftWatcher({ ...parts('converge'), kept, onDrift }),
      isLocal: options.get('file_client') === 'local',
    },
    host,
  );
  return [...companions, converge];
}
