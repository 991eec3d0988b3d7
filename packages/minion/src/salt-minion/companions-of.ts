import { systemClock, type Dict, type Logger } from '@brine/common';
import type { Companion, CompanionHost } from '../daemon/companion.ts';
import { createScheduleCompanion } from '../schedule/schedule-companion.ts';
import { createStartupCompanion } from '../schedule/startup-companion.ts';

/** The parts of a real daemon that start jobs by themselves. */
export function createCompanionsOf(options: Dict, logger: Logger, host: CompanionHost): readonly Companion[] {
  const parts = (component: string) => ({
    options,
    logger: logger.child({ component }),
    clock: systemClock,
    random: Math.random,
  });
  return [createScheduleCompanion(parts('schedule'), host), createStartupCompanion(parts('startup'), host)];
}
