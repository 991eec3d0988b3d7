import { pythonStr, systemClock, toPlain, type Dict, type Value } from '@brine/common';
import { createLiveView, createPlainView, type LiveView } from './live-view.ts';
import { createProgressBoard, type Progress, type ProgressBoard } from './progress-board.ts';

/** How the going on of a job is shown. */
export type LiveMode =
  /** Lines at the foot of the terminal. */
  | 'board'
  /** A line on standard error now and then. */
  | 'lines'
  | 'none';

/** Shows where a job stands beside what is printed of it. */
export interface JobView extends LiveView {
  /** Takes in an event of the job. */
  take(event: Dict): void;
  ended(minion: string, isGood: boolean): void;
}

/** A terminal gets lines that change; who asked for progress elsewhere gets plain ones; nobody else gets any. */
export function liveModeFor(wantsLines: boolean): LiveMode {
  const isTerminal = process.stdout.isTTY === true && (process.env['TERM'] ?? '') !== 'dumb';
  if (isTerminal) return 'board';
  return wantsLines ? 'lines' : 'none';
}

/** The view of one job. */
export function createJobView(mode: LiveMode): JobView {
  const board = createProgressBoard();
  const view = mode === 'board' ? createLiveView(board, process.stdout, systemClock) : createPlainView(process.stdout);
  const lines = mode === 'lines' ? createLines(board) : undefined;
  return {
    ...view,
    take(event) {
      const now = systemClock.monotonic();
      takeEvent(board, event, now);
      if (event.get('kind') === 'progress') lines?.tell(pythonStr(event.get('minion') ?? ''), progressOf(event), now);
    },
    ended: (minion, isGood) => board.end(minion, isGood),
  };
}

function takeEvent(board: ProgressBoard, event: Dict, now: number): void {
  const minion = pythonStr(event.get('minion') ?? '');
  const kind = event.get('kind');
  if (kind === 'submitted') board.begin((event.get('minions') as Value[]).map(pythonStr), now);
  if (kind === 'status') board.status(minion, pythonStr(event.get('status') ?? ''), now);
  if (kind === 'progress') board.progress(minion, progressOf(event), now);
}

function progressOf(event: Dict): Progress {
  return toPlain(event.get('progress') ?? null) as unknown as Progress;
}

/** Milliseconds between two lines about one minion, unless a step failed meanwhile. */
const quiet = 5000;

function createLines(board: ProgressBoard): { tell(minion: string, progress: Progress, now: number): void } {
  const told = new Map<string, { readonly at: number; readonly failed: number }>();
  return {
    tell(minion, { failed }, now) {
      const last = told.get(minion) ?? { at: -Infinity, failed: 0 };
      if (now - last.at < quiet && failed === last.failed) return;
      told.set(minion, { at: now, failed });
      process.stderr.write(`${board.line(minion, now)}\n`);
    },
  };
}
