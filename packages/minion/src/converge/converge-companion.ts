import {
  decodeValue,
  encodeValue,
  isDict,
  pythonStr,
  type Clock,
  type Dict,
  type JobMessage,
  type JobReturn,
  type Logger,
  type Timer,
  type Value,
} from '@brine/common';
import type { Companion, CompanionHost, ManagedFile } from '../daemon/companion.ts';
import type { ConvergeSettings } from './converge-settings.ts';
import type { DriftWatcher, DriftWatcherOptions } from './drift-watcher-store.ts';
import type { PauseFile } from './pause-file-store.ts';

/** What a converge loop is made of. */
export interface ConvergeCompanionOptions {
  readonly settings: ConvergeSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pauses: PauseFile;
  readonly createWatcher: (options: DriftWatcherOptions) => DriftWatcher;
  /** Whether there is no master to wait for. */
  readonly isLocal: boolean;
}

interface Loop extends ConvergeCompanionOptions {
  readonly host: CompanionHost;
  watcher: DriftWatcher | undefined;
  timer: Timer | undefined;
  /** When the next run begins; milliseconds since the Unix epoch. */
  nextAt: number | undefined;
  failures: number;
  pausedUntil: number | undefined;
  /** Paths that wait for a look of their own. */
  readonly drifted: Set<string>;
  /** Path → when it drifted lately: somebody else may want it otherwise. */
  readonly lately: Map<string, number[]>;
  last: Dict | undefined;
  hasBegun: boolean;
}

// A minion that starts without its master begins on its sealed tree after so long.
const patienceMilliseconds = 10_000;
const firstRetryMilliseconds = 30_000;
const mostBackoff = 8;
const flapWindow = 60_000;
const flapLimit = 5;

/** The loop that keeps a minion in its described state, and the watch over its files in between. */
export function createConvergeCompanion(options: ConvergeCompanionOptions, host: CompanionHost): Companion {
  const loop: Loop = {
    ...options,
    host,
    watcher: undefined,
    timer: undefined,
    nextAt: undefined,
    failures: 0,
    pausedUntil: undefined,
    drifted: new Set(),
    lately: new Map(),
    last: undefined,
    hasBegun: false,
  };
  const { settings, logger, clock } = options;
  if (settings.watch) {
    loop.watcher = options.createWatcher({ clock, logger, onDrift: (paths) => noteDrift(loop, paths) });
  }
  return {
    name: 'converge',
    start: async () => {
      loop.pausedUntil = await options.pauses.load();
      plan(loop, options.isLocal ? 0 : patienceMilliseconds);
    },
    stop: () => {
      loop.timer?.cancel();
      loop.watcher?.close();
    },
    connected: () => {
      if (!loop.hasBegun) plan(loop, 0);
    },
    managed: (files) => void takeFiles(loop, files),
    ended: (job, jobReturn) => void noteEnd(loop, job, jobReturn),
    answer: (request) => answer(loop, request),
  };
}

/** Sets the next run so far off, and up to `splay` more. */
function plan(loop: Loop, milliseconds: number): void {
  loop.timer?.cancel();
  const delay = milliseconds + Math.floor(loop.random() * loop.settings.splay);
  loop.nextAt = loop.clock.now() + delay;
  loop.timer = loop.clock.after(delay, () => begin(loop));
}

function isPaused(loop: Loop): boolean {
  if (loop.pausedUntil === undefined) return false;
  if (loop.pausedUntil > loop.clock.now()) return true;
  loop.pausedUntil = undefined;
  return false;
}

function begin(loop: Loop): void {
  loop.hasBegun = true;
  if (isPaused(loop)) return plan(loop, Math.min(loop.settings.interval, (loop.pausedUntil ?? 0) - loop.clock.now()));
  // It is planned anew when it ends; this is for one that never does.
  plan(loop, loop.settings.interval);
  if (loop.host.countOwn('converge', 'run') > 0) return;
  loop.drifted.clear();
  run(loop, { name: 'run', fun: 'converge.run', positional: [] });
}

function run(
  loop: Loop,
  job: { readonly name: string; readonly fun: string; readonly positional: readonly Value[] },
): void {
  const { mode } = loop.settings;
  const keyword = new Map<Value, Value>([['test', mode === 'report']]);
  const metadata = encodeValue(
    new Map<Value, Value>([
      ['converge', job.name],
      ['mode', mode],
    ]),
  );
  loop.watcher?.hold();
  loop.host.begin({ kind: 'converge', report: 'store', metadata, keyword, ...job }).catch((error: unknown) => {
    loop.logger.error('converge run could not begin', { error });
    loop.watcher?.release();
  });
}

function noteDrift(loop: Loop, paths: readonly string[]): void {
  if (isPaused(loop)) return;
  const now = loop.clock.now();
  for (const path of paths) {
    const recent = (loop.lately.get(path) ?? []).filter((at) => now - at < flapWindow);
    loop.lately.set(path, [...recent, now]);
    if (recent.length < flapLimit) loop.drifted.add(path);
    else if (recent.length === flapLimit)
      loop.logger.warn('a file drifts again and again; the next run looks', { path });
  }
  checkDrifted(loop);
}

/** Looks at what drifted, as soon as no state run is under way: after one it may be as it should. */
function checkDrifted(loop: Loop): void {
  if (loop.drifted.size === 0 || loop.host.countOwn('converge', 'drift') + loop.host.countOwn('converge', 'run') > 0) {
    return;
  }
  const paths = [...loop.drifted];
  loop.drifted.clear();
  loop.logger.info('files drifted', { paths });
  run(loop, { name: 'drift', fun: 'converge.check', positional: [paths] });
}

async function takeFiles({ watcher }: Loop, files: readonly ManagedFile[]): Promise<void> {
  await watcher?.watch(files);
}

async function noteEnd(loop: Loop, job: JobMessage, jobReturn: JobReturn): Promise<void> {
  if (job.own?.kind !== 'converge') return;
  const isRun = job.own.name === 'run';
  const isFine = jobReturn.status === 'ok';
  await loop.watcher?.settle(jobReturn.startedAt + jobReturn.duration, isRun ? undefined : pathsOf(job));
  loop.watcher?.release();
  if (isRun) {
    loop.failures = isFine ? 0 : loop.failures + 1;
    const factor = Math.min(2 ** (loop.failures - 1), mostBackoff);
    plan(loop, isFine ? loop.settings.interval : Math.min(loop.settings.interval, firstRetryMilliseconds) * factor);
    loop.last = new Map<Value, Value>([
      ['jid', jobReturn.jid],
      ['at', new Date(jobReturn.startedAt).toISOString()],
      ['status', jobReturn.status],
    ]);
  }
  checkDrifted(loop);
}

function pathsOf({ argument }: JobMessage): readonly string[] {
  const [paths] = decodeValue(argument) as readonly Value[];
  return Array.isArray(paths) ? paths.map(pythonStr) : [];
}

async function answer(loop: Loop, request: Dict): Promise<Value> {
  switch (pythonStr(request.get('func') ?? '')) {
    case 'pause': {
      const seconds = request.get('seconds');
      const until = typeof seconds === 'number' ? loop.clock.now() + seconds * 1000 : Number.MAX_SAFE_INTEGER;
      loop.pausedUntil = until;
      await loop.pauses.save(until);
      break;
    }
    case 'resume':
      loop.pausedUntil = undefined;
      await loop.pauses.save(undefined);
      plan(loop, 0);
      break;
    case 'now':
      if (isPaused(loop)) return false;
      begin(loop);
      return true;
    default:
  }
  return describe(loop);
}

function describe(loop: Loop): Dict {
  const { settings, host } = loop;
  const isResting = isPaused(loop);
  const state: Dict = new Map<Value, Value>([
    ['mode', settings.mode],
    ['interval', Math.round(settings.interval / 1000)],
    ['watch', settings.watch],
    ['paused', isResting],
    ['running', host.countOwn('converge', 'run') + host.countOwn('converge', 'drift') > 0],
    ['next_run', isResting || loop.nextAt === undefined ? null : new Date(loop.nextAt).toISOString()],
    ['failures', loop.failures],
    ['last_run', isDict(loop.last ?? null) ? (loop.last ?? null) : null],
  ]);
  if (isResting && loop.pausedUntil !== Number.MAX_SAFE_INTEGER) {
    state.set('paused_until', new Date(loop.pausedUntil ?? 0).toISOString());
  }
  return state;
}
