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
import type { Companion, CompanionHost } from '../daemon/companion.ts';
import type { ConvergeSettings } from './converge-settings.ts';
import type { DriftWatcher } from './drift-watcher-store.ts';
import { createDueLooks, type DueLooks } from './due-looks.ts';
import { wholeLooks } from './file-looks.ts';
import type { LeftFile } from './left-files.ts';
import type { PauseFile } from './pause-file-store.ts';

/** What a converge loop is made of. */
export interface ConvergeCompanionOptions {
  readonly settings: ConvergeSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly pauses: PauseFile;
  createWatcher(onDrift: (paths: readonly string[]) => void): DriftWatcher;
  /** Whether there is no master to wait for. */
  readonly isLocal: boolean;
}

interface Loop extends ConvergeCompanionOptions {
  readonly host: CompanionHost;
  readonly due: DueLooks;
  /** Jid → the files that the run left behind. */
  readonly left: Map<string, readonly LeftFile[]>;
  /** Path → how the last run left it, of files that it changed. */
  readonly changed: Map<string, string>;
  watcher: DriftWatcher | undefined;
  timer: Timer | undefined;
  dueTimer: Timer | undefined;
  /** When the next run begins; milliseconds since the Unix epoch. */
  nextAt: number | undefined;
  /** Jobs that are not on the disk yet. */
  beginning: number;
  failures: number;
  pausedUntil: number | undefined;
  last: Dict | undefined;
  hasBegun: boolean;
}

// A minion that starts without its master begins on its sealed tree after so long.
const patienceMilliseconds = 10_000;
const firstRetryMilliseconds = 30_000;
const mostBackoff = 8;

/** The loop that keeps a minion in its described state, and the watch over its files in between. */
export function createConvergeCompanion(options: ConvergeCompanionOptions, host: CompanionHost): Companion {
  const { settings, logger, clock } = options;
  const onFlapping = (path: string): void =>
    logger.warn('a file drifts again and again; it is looked at once a minute', { path });
  const loop: Loop = {
    ...options,
    ...{ host, due: createDueLooks(clock, onFlapping), left: new Map(), changed: new Map() },
    ...{ watcher: undefined, timer: undefined, dueTimer: undefined, nextAt: undefined, pausedUntil: undefined },
    ...{ beginning: 0, failures: 0, last: undefined, hasBegun: false },
  };
  if (settings.watch) loop.watcher = options.createWatcher((paths) => noteDrift(loop, paths));
  return {
    name: 'converge',
    start: async () => {
      loop.pausedUntil = await options.pauses.load();
      plan(loop, options.isLocal ? 0 : patienceMilliseconds);
      await loop.watcher?.restore();
      checkDrifted(loop);
    },
    stop: () => {
      loop.timer?.cancel();
      loop.dueTimer?.cancel();
      loop.watcher?.close();
    },
    connected: () => {
      if (!loop.hasBegun) plan(loop, 0);
    },
    managed: (files) => void loop.watcher?.watch(files),
    left: (jid, files) => void loop.left.set(jid, files),
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
  run(loop, { name: 'run', fun: 'converge.run', positional: [] }, () => planAfter(loop, false));
}

/** Sets the next run after one that went well or did not. */
function planAfter(loop: Loop, isFine: boolean): void {
  const { interval } = loop.settings;
  loop.failures = isFine ? 0 : loop.failures + 1;
  const factor = Math.min(2 ** (loop.failures - 1), mostBackoff);
  plan(loop, isFine ? interval : Math.min(interval, firstRetryMilliseconds) * factor);
}

interface Work {
  readonly name: 'run' | 'drift';
  readonly fun: string;
  readonly positional: readonly Value[];
}

function run(loop: Loop, work: Work, onRefused: () => void): void {
  const { mode } = loop.settings;
  const keyword = new Map<Value, Value>([['test', mode === 'report']]);
  const metadata = encodeValue(
    new Map<Value, Value>([
      ['converge', work.name],
      ['mode', mode],
    ]),
  );
  loop.watcher?.hold();
  loop.beginning += 1;
  loop.host.begin({ kind: 'converge', report: 'store', metadata, keyword, ...work }).then(
    () => {
      loop.beginning -= 1;
      if (countRuns(loop) === 0) rest(loop);
    },
    (error: unknown) => {
      loop.beginning -= 1;
      loop.logger.error('converge run could not begin', { error });
      onRefused();
      rest(loop);
    },
  );
}

/** Runs and looks that are under way or wait for their turn. */
function countRuns({ host, beginning }: Loop): number {
  return beginning + host.countOwn('converge', 'run') + host.countOwn('converge', 'drift');
}

/** When nothing is under way any more, the files are watched again and what waits has its turn. */
function rest(loop: Loop): void {
  if (countRuns(loop) === 0) loop.watcher?.release();
  checkDrifted(loop);
}

function noteDrift(loop: Loop, paths: readonly string[]): void {
  for (const path of paths) loop.due.drifted(path);
  checkDrifted(loop);
}

/** Looks at what drifted, as soon as no state run of the loop is under way: after one it may be as it should. */
function checkDrifted(loop: Loop): void {
  loop.dueTimer?.cancel();
  const wait = loop.due.wait();
  if (wait === undefined || isPaused(loop) || countRuns(loop) > 0) return;
  if (wait > 0) {
    loop.dueTimer = loop.clock.after(wait, () => checkDrifted(loop));
    return;
  }
  const paths = loop.due.take();
  loop.logger.info('files drifted', { paths });
  const work: Work = { name: 'drift', fun: 'converge.check', positional: [[...paths]] };
  run(loop, work, () => retry(loop, paths));
}

/** A look that came to nothing is tried again, later and later, until it is done. */
function retry({ due, logger }: Loop, paths: readonly string[]): void {
  const delays = paths.map((path) => due.failed(path));
  if (paths.length > 0) logger.warn('drift is looked at again', { paths, milliseconds: Math.min(...delays) });
}

async function noteEnd(loop: Loop, job: JobMessage, jobReturn: JobReturn): Promise<void> {
  const left = loop.left.get(job.jid) ?? [];
  loop.left.delete(job.jid);
  if (job.own?.kind !== 'converge') return;
  const isRun = job.own.name === 'run';
  const isFine = jobReturn.status === 'ok';
  const fine = left.filter((file) => file.isFine);
  const wanted = isRun ? loop.due.paths : pathsOf(job);
  const done = isFine ? wanted : wanted.filter((path) => fine.some((file) => file.path === path));
  for (const path of [...done, ...fine.map((file) => file.path)]) loop.due.done(path);
  if (isRun) noteRun(loop, jobReturn);
  else
    retry(
      loop,
      wanted.filter((path) => !done.includes(path)),
    );
  if (loop.settings.watch) await settle(loop, fine, { isRun, isFine, done });
  rest(loop);
}

interface Ended {
  readonly isRun: boolean;
  readonly isFine: boolean;
  /** What the run was asked about and need not be asked again. */
  readonly done: readonly string[];
}

async function settle(loop: Loop, fine: readonly LeftFile[], { isRun, isFine, done }: Ended): Promise<void> {
  const looks = new Map(fine.flatMap((file) => file.looks));
  await loop.watcher?.settle(looks, isRun && isFine ? 'all' : done);
  for (const { path, isFresh, isChanged, found, looks } of fine) {
    if (isFresh && isChanged) loop.due.confirm(path, loop.changed.get(path) === found);
    else if (isFresh) loop.due.drifted(path);
    if (isChanged) loop.changed.set(path, wholeLooks(looks));
    else loop.changed.delete(path);
  }
}

function noteRun(loop: Loop, { jid, startedAt, status }: JobReturn): void {
  planAfter(loop, status === 'ok');
  loop.last = new Map<Value, Value>([
    ['jid', jid],
    ['at', new Date(startedAt).toISOString()],
    ['status', status],
  ]);
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
      checkDrifted(loop);
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
  const { settings } = loop;
  const isResting = isPaused(loop);
  const state: Dict = new Map<Value, Value>([
    ['mode', settings.mode],
    ['interval', Math.round(settings.interval / 1000)],
    ['watch', settings.watch],
    ['paused', isResting],
    ['running', countRuns(loop) > 0],
    ['drifted', [...loop.due.paths]],
    ['next_run', isResting || loop.nextAt === undefined ? null : new Date(loop.nextAt).toISOString()],
    ['failures', loop.failures],
    ['last_run', isDict(loop.last ?? null) ? (loop.last ?? null) : null],
  ]);
  if (isResting && loop.pausedUntil !== Number.MAX_SAFE_INTEGER) {
    state.set('paused_until', new Date(loop.pausedUntil ?? 0).toISOString());
  }
  return state;
}
