import fs from 'node:fs';
import path from 'node:path';
import type { Clock, Logger, Timer } from '@brine/common';
import type { ManagedFile } from '../daemon/companion.ts';

/** Watches files for changes that nobody announced. */
export interface DriftWatcher {
  /** Takes over another set of files, as they are now. */
  watch(files: readonly ManagedFile[]): Promise<void>;
  /**
   * Takes some of them, or all, as a run left them that ended at `endedAt` (milliseconds since the Unix epoch). What
   * somebody changed after that is looked at on release.
   */
  settle(endedAt: number, paths?: readonly string[]): Promise<void>;
  /** Nothing is told while held; what happens meanwhile is looked at on release. */
  hold(): void;
  release(): void;
  close(): void;
}

/** What a watcher is made of. */
export interface DriftWatcherOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** These are no longer as they were. */
  onDrift(paths: readonly string[]): void;
}

// Editors and deployments touch a file several times in a row.
const quietMilliseconds = 100;
// The kernel tells of changes at once; looking now and then finds what it could not tell of.
const lookMilliseconds = 60_000;
// Without the kernel's help looking is all there is.
const pollMilliseconds = 5000;
const mostInTree = 5000;
// The kernel stamps files with the time of its last tick. What a run wrote so shortly before its end is looked at once more.
const fileTimeLag = 20;

interface State extends DriftWatcherOptions {
  /** Path → what it looked like. */
  readonly seen: Map<string, string>;
  /** The path that is managed, for one inside a tree. */
  readonly owners: Map<string, string>;
  readonly watchers: Map<string, fs.FSWatcher>;
  readonly touched: Set<string>;
  files: readonly ManagedFile[];
  isHeld: boolean;
  isBlind: boolean;
  isClosed: boolean;
  quiet: Timer | undefined;
  poll: Timer | undefined;
}

/** Creates a watcher over inotify, through the folders of the files: so renames over a file are seen too. */
export function createDriftWatcher(options: DriftWatcherOptions): DriftWatcher {
  const state: State = {
    ...options,
    seen: new Map(),
    owners: new Map(),
    watchers: new Map(),
    touched: new Set(),
    files: [],
    isHeld: false,
    isBlind: false,
    isClosed: false,
    quiet: undefined,
    poll: undefined,
  };
  // A set that is still being taken over would undo what is found out about its files meanwhile.
  let before: Promise<void> = Promise.resolve();
  const inOrder = async (work: () => Promise<void>): Promise<void> => {
    before = before.then(work);
    return before;
  };
  return {
    watch: async (files) =>
      inOrder(async () => {
        state.files = files;
        await takeOver(state);
        if (!state.isClosed) schedulePoll(state);
      }),
    settle: async (endedAt, paths) => inOrder(async () => settle(state, endedAt, paths)),
    hold: () => {
      state.isHeld = true;
    },
    release: () => {
      state.isHeld = false;
      if (state.touched.size > 0) lookSoon(state);
    },
    close: () => {
      state.isClosed = true;
      state.quiet?.cancel();
      state.poll?.cancel();
      for (const watcher of state.watchers.values()) watcher.close();
      state.watchers.clear();
    },
  };
}

async function takeOver(state: State): Promise<void> {
  const places = new Map<string, string>();
  for (const { path: place, isTree } of state.files) {
    places.set(place, place);
    if (isTree) for (const inside of await listTree(place)) places.set(inside, place);
  }
  const folders = new Set([...places.keys()].map((place) => nearestFolder(path.dirname(place))));
  const trees = state.files.filter(({ isTree }) => isTree).map((file) => file.path);
  for (const place of places.keys()) {
    if (trees.includes(places.get(place) ?? '') && isFolder(place)) folders.add(place);
  }
  state.owners.clear();
  for (const [place, owner] of places) state.owners.set(place, owner);
  // Watched before they are looked at, so that nothing happens in between.
  rewatch(state, folders);
  state.seen.clear();
  for (const place of places.keys()) state.seen.set(place, (await lookAt(place)).looks);
}

function rewatch(state: State, folders: ReadonlySet<string>): void {
  for (const [folder, watcher] of state.watchers) {
    if (folders.has(folder)) continue;
    watcher.close();
    state.watchers.delete(folder);
  }
  state.isBlind = false;
  for (const folder of folders) if (!state.watchers.has(folder)) watchFolder(state, folder);
}

function watchFolder(state: State, folder: string): void {
  try {
    const watcher = fs.watch(folder, { persistent: false }, (_event, name) => touch(state, folder, name));
    watcher.on('error', () => {
      watcher.close();
      state.watchers.delete(folder);
      touch(state, folder, null);
    });
    state.watchers.set(folder, watcher);
  } catch (error) {
    if (!state.isBlind)
      state.logger.warn('a folder cannot be watched; its files are looked at instead', { folder, error });
    state.isBlind = true;
  }
}

/** Something happened in a folder; with a name that is of no interest it was nothing. */
function touch(state: State, folder: string, name: string | null): void {
  const place = name === null ? undefined : path.join(folder, name);
  const isKnown = place !== undefined && state.owners.has(place);
  const found = isKnown ? [place] : [...state.owners.keys()].filter((one) => concerns(one, folder, place));
  if (found.length === 0) return;
  for (const one of found) state.touched.add(one);
  lookSoon(state);
}

/** Whether what happened at `place` (or somewhere in `folder`) can be about a managed path. */
function concerns(managed: string, folder: string, place: string | undefined): boolean {
  if (place === undefined) return managed === folder || managed.startsWith(`${folder}/`);
  return managed.startsWith(`${place}/`) || place.startsWith(`${managed}/`);
}

function lookSoon(state: State): void {
  if (state.isHeld || state.isClosed) return;
  state.quiet?.cancel();
  state.quiet = state.clock.after(quietMilliseconds, () => void look(state));
}

async function look(state: State): Promise<void> {
  if (state.isHeld || state.isClosed) return;
  const places = [...state.touched];
  state.touched.clear();
  const drifted = new Set<string>();
  for (const place of places) {
    const owner = state.owners.get(place);
    if (owner === undefined) continue;
    const { looks } = await lookAt(place);
    const isNewInTree = state.files.some((file) => file.isTree && file.path === place);
    if (looks === state.seen.get(place) && !isNewInTree) continue;
    state.seen.set(place, looks);
    drifted.add(owner);
  }
  // Folders that came or went are watched otherwise from now on.
  if (places.some((place) => !state.watchers.has(nearestFolder(path.dirname(place))))) await rearm(state);
  if (drifted.size > 0) state.onDrift([...drifted]);
}

async function rearm(state: State): Promise<void> {
  const seen = new Map(state.seen);
  await takeOver(state);
  for (const [place, looks] of seen) if (state.seen.has(place)) state.seen.set(place, looks);
}

async function settle(state: State, endedAt: number, paths?: readonly string[]): Promise<void> {
  const wanted = paths === undefined ? undefined : new Set(paths);
  for (const [place, owner] of state.owners) {
    if (wanted !== undefined && !wanted.has(owner)) continue;
    const { looks, changedAt } = await lookAt(place);
    const isLate = changedAt > endedAt - fileTimeLag;
    state.seen.set(place, isLate ? 'changed after the run' : looks);
    if (isLate) state.touched.add(place);
    else state.touched.delete(place);
  }
}

function schedulePoll(state: State): void {
  state.poll?.cancel();
  state.poll = state.clock.after(state.isBlind ? pollMilliseconds : lookMilliseconds, () => {
    for (const place of state.owners.keys()) state.touched.add(place);
    void look(state).finally(() => {
      if (!state.isClosed) schedulePoll(state);
    });
  });
}

async function listTree(root: string): Promise<readonly string[]> {
  try {
    const entries = await fs.promises.readdir(root, { recursive: true });
    return entries.slice(0, mostInTree).map((entry) => path.join(root, entry));
  } catch {
    return [];
  }
}

function nearestFolder(folder: string): string {
  for (let place = folder; ; place = path.dirname(place)) if (isFolder(place) || place === '/') return place;
}

function isFolder(place: string): boolean {
  return fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
}

interface Sight {
  /** Everything about a file that shows a change without reading it. What is in a folder is not the folder's own. */
  readonly looks: string;
  /** When it changed, or its folder for one that is not there; milliseconds since the Unix epoch. */
  readonly changedAt: number;
}

async function lookAt(place: string): Promise<Sight> {
  try {
    const stat = await fs.promises.lstat(place, { bigint: true });
    const own = [stat.mode, stat.uid, stat.gid];
    const looks = (stat.isDirectory() ? own : [...own, stat.ino, stat.size, stat.mtimeNs]).join(':');
    return { looks, changedAt: Number(stat.ctimeMs) };
  } catch (error) {
    const folder = await fs.promises.lstat(path.dirname(place)).catch(() => undefined);
    return { looks: String((error as NodeJS.ErrnoException).code), changedAt: folder?.ctimeMs ?? 0 };
  }
}
