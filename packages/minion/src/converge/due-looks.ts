import type { Clock } from '@brine/common';

/** Files that wait for a look of their own. */
export interface DueLooks {
  /** Something happened to a file. One that drifts again and again is looked at once a minute. */
  drifted(path: string): void;
  /**
   * A look changed a file: it is looked at once more, unless that was just what was done and nobody had been at it in
   * between (`isUntouched`), so that it changes at every look.
   */
  confirm(path: string, isUntouched: boolean): void;
  /** A look failed; answers after how many milliseconds the file is looked at again. */
  failed(path: string): number;
  /** A file needs no look any more. */
  done(path: string): void;
  /** Takes out those whose time has come. */
  take(): readonly string[];
  /** Milliseconds until the next of them; `undefined` when none waits. */
  wait(): number | undefined;
  readonly paths: readonly string[];
}

const firstRetry = 1000;
const longestRetry = 300_000;
const flapWindow = 60_000;
const flapLimit = 5;

/** Creates the list; `onFlapping` hears once of each file that drifts too often. */
export function createDueLooks(clock: Clock, onFlapping: (path: string) => void): DueLooks {
  /** Path → when it may be looked at, in monotonic time. */
  const due = new Map<string, number>();
  const failures = new Map<string, number>();
  /** Path → when it drifted lately: somebody else may want it otherwise. */
  const lately = new Map<string, readonly number[]>();
  const confirming = new Set<string>();
  let confirmed: ReadonlySet<string> = new Set();

  function add(path: string, milliseconds: number): void {
    due.set(path, Math.min(due.get(path) ?? Infinity, clock.monotonic() + milliseconds));
  }

  return {
    drifted: (path) => {
      const now = clock.monotonic();
      const recent = (lately.get(path) ?? []).filter((at) => now - at < flapWindow);
      lately.set(path, [...recent, now]);
      if (recent.length === flapLimit) onFlapping(path);
      add(path, recent.length >= flapLimit ? flapWindow : 0);
    },
    confirm: (path, isUntouched) => {
      if (isUntouched && confirmed.has(path)) return;
      confirming.add(path);
      add(path, 0);
    },
    failed: (path) => {
      const count = (failures.get(path) ?? 0) + 1;
      failures.set(path, count);
      const delay = Math.min(longestRetry, firstRetry * 2 ** (count - 1));
      add(path, delay);
      return delay;
    },
    done: (path) => {
      due.delete(path);
      failures.delete(path);
    },
    take: () => {
      const now = clock.monotonic();
      const taken = [...due].filter(([, at]) => at <= now).map(([path]) => path);
      for (const path of taken) due.delete(path);
      confirmed = new Set(taken.filter((path) => confirming.delete(path)));
      return taken;
    },
    wait: () => (due.size === 0 ? undefined : Math.max(0, Math.min(...due.values()) - clock.monotonic())),
    get paths() {
      return [...due.keys()];
    },
  };
}
