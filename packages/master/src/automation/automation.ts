import { join } from 'node:path';
import {
  equalValues,
  isDict,
  pythonStr,
  toValue,
  type Clock,
  type Failpoints,
  type Logger,
  type Plain,
  type Value,
} from '@brine/common';
import type { ScheduleKeeper } from '@brine/daemon';
import { guard } from '../daemon/failpoints.ts';
import type { DamageReport } from '../daemon/damage-report.ts';
import type { Reloadable } from '../daemon/reload-master.ts';
import type { EventBus, EventTap } from '../events/event-bus.ts';
import type { OwnJobReturn } from '../jobs/own-job-report.ts';
import { createMasterSchedule, type MasterScheduleOptions } from '../schedule/master-schedule.ts';
import { openAutomationStore, type AutomationStore } from './automation-store.ts';
import { createConvergeBook, type ConvergeBook } from './converge-book.ts';
import { performReaction, type ReactionPorts } from './reactor/perform-reaction.ts';
import { createPooledReactions } from './reactor/pooled-reactions.ts';
import { readReactorMap } from './reactor/reactor-map.ts';
import { readReactorRules } from './reactor/reactor-rules.ts';
import { createReactor, type Reactor, type ReactorControl } from './reactor/reactor.ts';

/** What the automation of a master knows from before. */
export interface AutomationMemory {
  readonly store: AutomationStore;
  readonly converge: ConvergeBook;
  /** Notes what minions report of themselves. */
  readonly onReport: (minion: string, report: OwnJobReturn) => Promise<void>;
  /** Whether a report says something that the one before it did not. */
  readonly isNews: (minion: string, report: OwnJobReturn) => boolean;
}

interface MemoryParts {
  readonly events: EventBus;
  readonly clock: Clock;
  readonly damage: DamageReport;
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
}

/**
 * Opens what is kept below the cache folder; what is damaged is put aside, and what can be read of it goes on. Throws
 * `store-unusable`.
 */
export function openAutomationMemory(
  cacheDirectory: string,
  { events, clock, damage, failpoints }: MemoryParts,
): AutomationMemory {
  const path = join(cacheDirectory, 'automation.db');
  const store = openAutomationStore(path, () => clock.now(), damage.watch('automation store', path));
  const converge = createConvergeBook(guard('converge', store, failpoints), events);
  return {
    store,
    converge,
    isNews: (minion, report) => report.own.kind !== 'converge' || converge.isNews(minion, report),
    onReport: async (minion, report) => {
      if (report.own.kind === 'converge') await converge.note(minion, report);
    },
  };
}

/** What a master does by itself. */
export interface Automation {
  readonly reactor: ReactorControl;
  /** Take over another schedule and other rules of the reactor. Throw `reactor-invalid`. */
  readonly reloadables: readonly Reloadable[];
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
  /** Where fault tests strike. */
  readonly failpoints: Failpoints;
}

/** Puts together what a master does by itself: its schedule and its reactor. Throws `reactor-invalid`. */
export function createAutomation(options: AutomationOptions): Automation {
  const { logger, memory, failpoints } = options;
  const schedule = createMasterSchedule({
    ...options,
    logger: logger.child({ component: 'schedule' }),
    caller: { via: 'master', user: 'schedule' },
    random: Math.random,
  });
  const reactorLogger = logger.child({ component: 'reactor' });
  const number = (key: string): number => Number(options.options.get(key));
  const functions = {
    runners: () => options.runners,
    wheel: () => options.wheel,
    user: pythonStr(options.options.get('user') ?? 'root'),
  };
  const renderer = createPooledReactions({ ...options, functions, logger: reactorLogger });
  const configured = readReactorMap(options.options.get('reactor'));
  const reactor = createReactor({
    store: guard('reactor', memory.store, failpoints),
    events: options.events,
    configured,
    renderer,
    perform: async (reaction, place) =>
      performReaction(reaction, place, { ...options, store: guard('reaction', memory.store, failpoints) }),
    limit: number('reactor_queue_limit'),
    runnersAtOnce: number('reactor_worker_threads'),
    logger: reactorLogger,
  });
  let stopForgetting: () => void = () => {};
  return {
    reactor,
    reloadables: reloadablesOf({ reactor, schedule, renderer, configured }),
    start: async () => {
      stopForgetting = forgetDeleted(options, reactorLogger);
      await schedule.start();
      reactor.start();
    },
    stop: async () => {
      stopForgetting();
      schedule.stop();
      await reactor.stop();
    },
    close: () => memory.store.close(),
  };
}

function reloadablesOf({
  reactor,
  schedule,
  renderer,
  configured,
}: {
  readonly configured: readonly Value[];
  readonly reactor: Reactor;
  readonly schedule: ScheduleKeeper;
  readonly renderer: { renew(): void };
}): readonly Reloadable[] {
  let present = configured;
  return [
    {
      // Always looked at: the file that `reactor` may name changes without the configuration.
      prepare({ reactor: wanted }) {
        const rules = readReactorMap(toValue(wanted as Plain));
        readReactorRules(rules);
        return () => {
          if (!equalValues([...rules], [...present])) reactor.configure(rules);
          present = rules;
        };
      },
    },
    {
      keys: ['schedule'],
      prepare({ schedule: wanted }) {
        const jobs = toValue((wanted ?? {}) as Plain);
        return () => schedule.configure(isDict(jobs) ? jobs : new Map());
      },
    },
    { prepare: () => () => renderer.renew() },
  ];
}

/** How a minion stands goes with its key. */
function forgetDeleted({ events, memory }: Pick<AutomationOptions, 'events' | 'memory'>, logger: Logger): () => void {
  return events.listen(({ tag, payload, origin }) => {
    if (tag !== 'salt/key' || origin !== 'master' || payload.get('act') !== 'delete') return;
    const id = pythonStr(payload.get('id') ?? '');
    memory.converge
      .forget(id)
      .catch((error: unknown) => logger.error('a minion could not be forgotten', { id, error }));
  });
}
