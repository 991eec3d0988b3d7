import { join } from 'node:path';
import type { EventBus } from '../events/event-bus.ts';
import type { OwnJobReturn } from '../jobs/own-job-report.ts';
import { createMasterSchedule, type MasterScheduleOptions } from '../schedule/master-schedule.ts';
import { openAutomationStore, type AutomationStore } from './automation-store.ts';
import { createConvergeBook, type ConvergeBook } from './converge-book.ts';

/** What the automation of a master knows from before. */
export interface AutomationMemory {
  readonly store: AutomationStore;
  readonly converge: ConvergeBook;
  /** Notes what minions report of themselves. */
  readonly onReport: (minion: string, report: OwnJobReturn) => Promise<void>;
}

/** Opens what is kept below the cache folder. Throws `store-unusable`. */
export function openAutomationMemory(cacheDirectory: string, events: EventBus): AutomationMemory {
  const store = openAutomationStore(join(cacheDirectory, 'automation.db'));
  const converge = createConvergeBook(store, events);
  return {
    store,
    converge,
    onReport: async (minion, report) => {
      if (report.own.kind === 'converge') await converge.note(minion, report);
    },
  };
}

/** What a master does by itself. */
export interface Automation {
  readonly converge: ConvergeBook;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Closes what it keeps; nothing may be noted after that. */
  close(): Promise<void>;
}

/** What it works with. */
export interface AutomationOptions extends Omit<MasterScheduleOptions, 'caller' | 'random'> {
  readonly memory: AutomationMemory;
}

/** Puts together what a master does by itself: its schedule. */
export function createAutomation(options: AutomationOptions): Automation {
  const { logger, memory } = options;
  const schedule = createMasterSchedule({
    ...options,
    logger: logger.child({ component: 'schedule' }),
    caller: { via: 'master', user: 'schedule' },
    random: Math.random,
  });
  return {
    converge: memory.converge,
    start: () => schedule.start(),
    stop: async () => schedule.stop(),
    close: () => memory.store.close(),
  };
}
