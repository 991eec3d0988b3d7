import path from 'node:path';
import type { Clock, Logger, Timer } from '@brine/common';
import type { ManagedFile } from '@brine/sls';
import { lookAt } from './file-looks.ts';
import { createFolderWatches, type FolderWatches } from './folder-watches-store.ts';
import { placesAt, placesBelow, surveyPlaces, type WatchedPlaces } from './watched-places.ts';
import type { WatchFile } from './watch-file-store.ts';

/** Watches files for changes that nobody announced. */
export interface DriftWatcher {
  /** Takes up what an earlier daemon watched: what looks otherwise than a run left it has drifted. */
  restore(): Promise<void>;
  /** Takes over another set of files. Those that are new to it count as they are now. */
  watch(files: readonly ManagedFile[]): Promise<void>;
  /**
   * Takes places for right as they looked when a run left them (place → looks), and files that it had no look at as
   * they were seen last. What looks otherwise by now is told on release.
   */
  settle(left: ReadonlyMap<string, string>, others: readonly string[] | 'all'): Promise<void>;
  /** Nothing is told while held; what happens meanwhile is looked at on release. */
  hold(): void;
  release(): void;
  close(): void;
}

/** What a watcher is made of. */
export interface DriftWatcherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly kept: WatchFile;
  /** These are no longer as they were. */
  onDrift(paths: readonly string[]): void;
}

// Editors and deployments touch a file several times in a row.
const quietMilliseconds = 100;
// The kernel tells of changes at once; looking now and then finds what it could not tell of.
const lookMilliseconds = 60_000;
// Without the kernel's help looking is all there is.
const pollMilliseconds = 5000;
// Nothing is told of a folder when one above it is moved away: so often they are looked at, less often when there are many.
const folderMilliseconds = 3000;
const eachFolderMilliseconds = 60;

interface State extends DriftWatcherOptions {
  /** Place → what it looked like last. */
  readonly seen: Map<string, string>;
  /** Place → what it looked like when it was right. */
  readonly settled: Map<string, string>;
  /** Where it would show. */
  places: WatchedPlaces | undefined;
  readonly touched: Set<string>;
  readonly watches: FolderWatches;
  files: readonly ManagedFile[];
  isHeld: boolean;
  isClosed: boolean;
  /** Whether folders came or went, so that other ones are to be watched. */
  isStale: boolean;
  /** Whether what is kept is not on the disk. */
  isDirty: boolean;
  inOrder(work: () => Promise<void>): Promise<void>;
  quiet: Timer | undefined;
  poll: Timer | undefined;
  folderPoll: Timer | undefined;
}

/** Creates a watcher over inotify, through the folders of the files: so renames over a file are seen too. */
export function createDriftWatcher(options: DriftWatcherOptions): DriftWatcher {
  const { logger } = options;
  // A set that is still being taken over would undo what is found out about its files meanwhile.
  let before: Promise<void> = Promise.resolve();
  const inOrder = async (work: () => Promise<void>): Promise<void> => {
    before = before.then(work).catch((error: unknown) => logger.error('watching files failed', { error }));
    return before;
  };
  const watches = createFolderWatches({ logger, onEvent: (folder, name) => touch(state, folder, name) });
  const state: State = {
    ...options,
    ...{ seen: new Map(), settled: new Map(), places: undefined },
    ...{ touched: new Set(), watches, files: [], isHeld: false, isClosed: false, isStale: false, isDirty: false },
    ...{ inOrder, quiet: undefined, poll: undefined, folderPoll: undefined },
  };
  return {
    restore: async () => inOrder(async () => restore(state)),
    watch: async (files) => inOrder(async () => takeOver(state, files)),
    settle: async (left, others) => inOrder(async () => settle(state, left, others)),
    hold: () => {
      state.isHeld = true;
    },
    release: () => {
      state.isHeld = false;
      if (state.touched.size > 0) lookSoon(state);
    },
    close: () => {
      state.isClosed = true;
      for (const timer of [state.quiet, state.poll, state.folderPoll]) timer?.cancel();
      watches.close();
    },
  };
}

async function restore(state: State): Promise<void> {
  const kept = await state.kept.load();
  if (kept === undefined || state.files.length > 0) return;
  for (const [place, looks] of kept.settled) {
    state.settled.set(place, looks);
    state.seen.set(place, looks);
  }
  await takeOver(state, kept.files);
  for (const place of placesOf(state)) {
    state.touched.add(place);
    // New to this daemon, and left so by no run.
    if (!state.settled.has(place)) state.seen.delete(place);
  }
  lookSoon(state);
}

function placesOf({ places }: State): readonly string[] {
  return [...(places?.owners.keys() ?? [])];
}

async function takeOver(state: State, files: readonly ManagedFile[]): Promise<void> {
  if (state.isClosed) return;
  state.files = files;
  state.isDirty = true;
  await arm(state);
  if (state.touched.size > 0) lookSoon(state);
  schedulePoll(state);
  scheduleFolderPoll(state);
}

/** Finds what is to be watched, watches it, and looks at what was not seen before. */
async function arm(state: State): Promise<void> {
  const { seen, settled } = state;
  state.isStale = false;
  const places = await surveyPlaces(state.files);
  for (const place of state.places?.owners.keys() ?? []) {
    if (places.owners.has(place)) continue;
    seen.delete(place);
    if (settled.delete(place)) state.isDirty = true;
  }
  state.places = places;
  if (state.isClosed) return;
  // Watched before they are looked at, so that nothing happens in between.
  const added = state.watches.set(places.folders);
  for (const place of places.owners.keys()) {
    // What happened there before it was watched is seen now.
    if (added.has(places.around(place)) || added.has(place)) state.touched.add(place);
    if (!seen.has(place)) seen.set(place, (await lookAt(place, places.trees.has(place))).looks);
  }
}

/** Something happened in a folder; with a name that is of no interest it was nothing. */
function touch(state: State, folder: string, name: string | undefined): void {
  if (state.places === undefined) return;
  const place = name === undefined ? folder : path.join(folder, name);
  const found = placesAt(state.places, folder, place);
  // The folder itself tells of its own end by its own name.
  const isOwn = name === undefined || name === path.basename(folder);
  const isOwned = state.places.owners.has(place);
  const below = isOwn || !isOwned ? placesBelow(state.places, isOwn ? folder : place) : [];
  if (isOwn || below.length > 0) state.isStale = true;
  for (const one of [...found, ...below]) state.touched.add(one);
  if (found.length > 0 || below.length > 0) lookSoon(state);
}

function lookSoon(state: State): void {
  if (state.isHeld || state.isClosed) return;
  state.quiet?.cancel();
  state.quiet = state.clock.after(quietMilliseconds, () => void state.inOrder(async () => look(state)));
}

async function look(state: State): Promise<void> {
  if (state.isHeld || state.isClosed) return;
  const places = [...state.touched];
  state.touched.clear();
  const drifted = new Set<string>();
  for (const place of places) {
    const { looks } = await lookAt(place, state.places?.trees.has(place));
    const owner = state.places?.owners.get(place);
    if (owner === undefined || looks === state.seen.get(place)) continue;
    state.seen.set(place, looks);
    drifted.add(owner);
    // What came or went, or became something else, is watched otherwise from now on.
    state.isStale = true;
  }
  if (state.isStale) await arm(state);
  if (state.touched.size > 0) lookSoon(state);
  if (drifted.size > 0 && !state.isClosed) state.onDrift([...drifted]);
}

async function settle(
  state: State,
  left: ReadonlyMap<string, string>,
  others: readonly string[] | 'all',
): Promise<void> {
  const { seen, touched } = state;
  if (state.isClosed) return;
  for (const [place, looks] of left) seen.set(place, looks);
  await arm(state);
  const owners = state.places?.owners ?? new Map<string, string>();
  for (const [place, looks] of left) {
    if (!owners.has(place)) seen.delete(place);
    else note(state, place, looks);
    // It is compared once more on release.
    touched.add(place);
  }
  noteOthers(state, left, others);
  if (state.isDirty) await keep(state);
}

function noteOthers(state: State, left: ReadonlyMap<string, string>, others: readonly string[] | 'all'): void {
  for (const [place, owner] of state.places?.owners ?? []) {
    const looks = state.seen.get(place);
    const isMeant = others === 'all' || others.includes(owner);
    if (isMeant && looks !== undefined && !left.has(place)) note(state, place, looks);
  }
}

function note(state: State, place: string, looks: string): void {
  if (state.settled.get(place) !== looks) state.isDirty = true;
  state.settled.set(place, looks);
}

async function keep(state: State): Promise<void> {
  state.isDirty = false;
  try {
    await state.kept.save({ files: state.files, settled: state.settled });
  } catch (error) {
    state.isDirty = true;
    state.logger.warn('what is watched cannot be kept', { error });
  }
}

function schedulePoll(state: State): void {
  state.poll?.cancel();
  state.poll = state.clock.after(state.watches.isBlind ? pollMilliseconds : lookMilliseconds, () => {
    for (const place of placesOf(state)) state.touched.add(place);
    void state
      .inOrder(async () => look(state))
      .then(() => {
        if (!state.isClosed) schedulePoll(state);
      });
  });
}

function scheduleFolderPoll(state: State): void {
  state.folderPoll?.cancel();
  const delay = Math.max(folderMilliseconds, state.watches.size * eachFolderMilliseconds);
  state.folderPoll = state.clock.after(delay, () => {
    void state.watches.replaced().then((folders) => {
      for (const folder of folders) touch(state, folder, undefined);
      if (folders.length > 0) {
        state.isStale = true;
        lookSoon(state);
      }
      if (!state.isClosed) scheduleFolderPoll(state);
    });
  });
}
