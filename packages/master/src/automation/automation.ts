import { createMasterSchedule, type MasterScheduleOptions } from '../schedule/master-schedule.ts';

/** What a master does by itself. */
export interface Automation {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What it works with. */
export type AutomationOptions = Omit<MasterScheduleOptions, 'caller' | 'random'>;

/** Puts together what a master does by itself: its schedule. */
export function createAutomation(options: AutomationOptions): Automation {
  const { logger } = options;
  const schedule = createMasterSchedule({
    ...options,
    logger: logger.child({ component: 'schedule' }),
    caller: { via: 'master', user: 'schedule' },
    random: Math.random,
  });
  return {
    start: () => schedule.start(),
    stop: async () => schedule.stop(),
  };
}
