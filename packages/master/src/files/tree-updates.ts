import { posix } from 'node:path';
import type { Clock, Logger, Timer } from '@brine/common';
import type { AutomationStore } from '../automation/automation-store.ts';
import type { EventBus } from '../events/event-bus.ts';

/** When each file of the tree was modified: path on the master → milliseconds since the Unix epoch. */
export type TreeTimes = ReadonlyMap<string, number>;

/** Looks for what changed in the tree of the file server. */
export interface TreeUpdates {
  /** Looks now. With `fileserver_events` the event bus is told what it found, in Salt's shape. */
  update(): Promise<void>;
  /** Looks now and again and again, for as long as somebody is to be told. */
  start(): void;
  stop(): void;
}

/** What the looks work with; the functions are asked at every look, so that a reload counts. */
export interface TreeUpdatesOptions {
  readonly readTimes: () => Promise<TreeTimes>;
  /** Whether `salt/fileserver/roots/update` is told (`fileserver_events`). */
  readonly announces: () => boolean;
  /** Between two looks (`roots_update_interval`). */
  readonly intervalMilliseconds: () => number;
  /** Keeps what the last look saw, over restarts. */
  readonly store: Pick<AutomationStore, 'fact' | 'setFact'>;
  readonly events: Pick<EventBus, 'emit'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const [kind, name] = ['fileserver', 'roots'];

/** Creates what looks for changes; nothing happens before it is asked to. */
export function createTreeUpdates(options: TreeUpdatesOptions): TreeUpdates {
  const { store, events, clock, logger } = options;
  let isStarted = false;
  let timer: Timer | undefined;
  let last: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const times = await options.readTimes();
    if (!options.announces()) return;
    const files = compareTimes(readFact(store.fact(kind, name)), times);
    const changed = Object.values(files).some((paths) => paths.length > 0);
    if (changed) await store.setFact(kind, name, Buffer.from(JSON.stringify([...times])));
    events.emit('salt/fileserver/roots/update', { changed, files, backend: 'roots' });
  }
  async function update(): Promise<void> {
    // Two looks at once would both tell of the same change.
    const turn = last.then(look);
    last = turn.catch(() => {});
    return turn;
  }
  function again(): void {
    if (!isStarted || !options.announces()) return;
    const wait = (): void => {
      // Started anew while this look was under way, there is another one: they go on as one.
      timer?.cancel();
      if (isStarted) timer = clock.after(options.intervalMilliseconds(), again);
    };
    update()
      .catch((error: unknown) => logger.error('the tree could not be looked at', { error }))
      .then(wait, wait);
  }
  return {
    update,
    start() {
      timer?.cancel();
      isStarted = true;
      again();
    },
    stop() {
      isStarted = false;
      timer?.cancel();
    },
  };
}

/** Which paths are other than they were. */
function compareTimes(before: TreeTimes, now: TreeTimes): Readonly<Record<'changed' | 'removed' | 'added', string[]>> {
  return {
    changed: [...now].filter(([path, time]) => before.has(path) && before.get(path) !== time).map(([path]) => path),
    removed: [...before.keys()].filter((path) => !now.has(path)),
    added: [...now.keys()].filter((path) => !before.has(path)),
  };
}

function readFact(fact: Uint8Array | undefined): TreeTimes {
  if (fact === undefined) return new Map();
  return new Map(JSON.parse(Buffer.from(fact).toString()) as [string, number][]);
}

/** A folder of the tree, as a look reads it. */
export interface TimedRoot {
  /** As the configuration names it. */
  readonly folder: string;
  readonly list: () => Promise<
    readonly { readonly path: string; readonly kind: string; readonly modifiedAt: number }[]
  >;
}

/** Reads when the files of all folders were modified, those that another folder hides among them, as Salt does. */
export async function readTreeTimes(roots: readonly TimedRoot[]): Promise<TreeTimes> {
  const times = new Map<string, number>();
  for (const { folder, list } of roots) {
    for (const { path, kind: what, modifiedAt } of await list()) {
      if (what === 'file') times.set(posix.join(folder, path), modifiedAt);
    }
  }
  return times;
}
