import { join } from 'node:path';
import type { EventBus, EventTap } from '../events/event-bus.ts';
import type { OwnJobReturn } from '../jobs/own-job-report.ts';
import { createMasterSchedule, type MasterScheduleOptions } from '../schedule/master-schedule.ts';
import { openAutomationStore, type AutomationStore } from './automation-store.ts';
import { createConvergeBook, type ConvergeBook } from './converge-book.ts';
import { performReaction, type ReactionPorts } from './reactor/perform-reaction.ts';
import { createPooledReactions } from './reactor/pooled-reactions.ts';
import { createReactor, type ReactorControl } from './reactor/reactor.ts';

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
  readonly reactor: ReactorControl;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Closes what it keeps; nothing may be noted after that. */
  close(): Promise<void>;
}

/** What it works with. */
export interface AutomationOptions
  extends Omit<MasterScheduleOptions, 'caller' | 'random'>, Omit<ReactionPorts, 'store'> {
  readonly events: EventBus & EventTap;
  readonly runners: MasterScheduleOptions['runners'];
  readonly options: MasterScheduleOptions['options'];
  readonly memory: AutomationMemory;
}

/** Puts together what a master does by itself: its schedule and its reactor. Throws `reactor-invalid`. */
export function createAutomation(options: AutomationOptions): Automation {
  const { logger, memory } = options;
  const schedule = createMasterSchedule({
    ...options,
    logger: logger.child({ component: 'schedule' }),
    caller: { via: 'master', user: 'schedule' },
    random: Math.random,
  });
  const reactorLogger = logger.child({ component: 'reactor' });
  const configured = options.options.get('reactor');
  const number = (key: string): number => Number(options.options.get(key));
  const reactor = createReactor({
    store: memory.store,
    events: options.events,
    configured: Array.isArray(configured) ? configured : [],
    renderer: createPooledReactions({ ...options, logger: reactorLogger }),
    perform: async (reaction, place) => performReaction(reaction, place, { ...options, store: memory.store }),
    limit: number('reactor_queue_limit'),
    runnersAtOnce: number('reactor_worker_threads'),
    logger: reactorLogger,
  });
  return {
    reactor,
    start: async () => {
      await schedule.start();
      reactor.start();
    },
    stop: async () => {
      schedule.stop();
      await reactor.stop();
    },
    close: () => memory.store.close(),
  };
}
