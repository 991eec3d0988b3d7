import { columnsOf, fit, harmless } from './columns.ts';

/** What is known of one minion that has not ended. */
interface Running {
  readonly status: string;
  /** Milliseconds of a clock that does not jump, when this status began. */
  readonly since: number;
  readonly done?: number;
  readonly total?: number;
  readonly current?: string;
  readonly failed?: number;
}

/** How far a minion is with its states. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly current?: string;
  readonly failed: number;
}

/** Where a job stands on all its minions, as lines for a terminal. Times are milliseconds that do not jump. */
export interface ProgressBoard {
  begin(minions: readonly string[], now: number): void;
  status(minion: string, status: string, now: number): void;
  progress(minion: string, progress: Progress, now: number): void;
  end(minion: string, isGood: boolean): void;
  isOver(): boolean;
  /** At most `rows` lines, none wider than `columns`. */
  lines(now: number, room: { readonly columns: number; readonly rows: number }): readonly string[];
  /** One line about one minion, for where lines cannot be drawn over. */
  line(minion: string, now: number): string;
}

/** Creates an empty board. */
export function createProgressBoard(): ProgressBoard {
  const running = new Map<string, Running>();
  let [targeted, failed] = [0, 0];
  const update = (minion: string, change: Partial<Running>, now: number): void => {
    const before = running.get(minion) ?? { status: 'queued', since: now };
    const began = change.status !== undefined && change.status !== before.status;
    running.set(minion, { ...before, ...change, since: began ? now : before.since });
  };
  return {
    begin(minions, now) {
      targeted = minions.length;
      for (const minion of minions) running.set(minion, { status: 'queued', since: now });
    },
    status: (minion, status, now) => update(minion, { status }, now),
    progress: (minion, progress, now) => update(minion, { ...progress, status: 'running' }, now),
    end(minion, isGood) {
      running.delete(minion);
      if (!isGood) failed += 1;
    },
    isOver: () => running.size === 0,
    line: (minion, now) => describe(minion, running.get(minion) ?? { status: 'queued', since: now }, now).join('  '),
    lines(now, { columns, rows }) {
      const shown = [...running].toSorted(byInterest).slice(0, Math.max(0, rows - 1));
      const cells = shown.map(([minion, state]) => describe(minion, state, now));
      const widths = [0, 1, 2].map((column) => Math.max(0, ...cells.map((row) => columnsOf(row[column] ?? ''))));
      const lines = cells.map((row) => fit(`  ${alignCells(row, widths)}`, columns));
      return [...lines, fit(totals({ targeted, failed, running, shown: shown.length }), columns)].slice(-rows);
    },
  };
}

/** Minions with failures first, then those at work, then those that wait. */
function byInterest([a, left]: [string, Running], [b, right]: [string, Running]): number {
  const order = ({ failed = 0, status }: Running): number => (failed > 0 ? 0 : status === 'running' ? 1 : 2);
  return order(left) - order(right) || left.since - right.since || (a < b ? -1 : 1);
}

function describe(minion: string, state: Running, now: number): readonly string[] {
  const { total, done, current, failed = 0 } = state;
  const step =
    total === undefined || done === undefined ? wordFor(state.status) : `${Math.min(done + 1, total)} of ${total}`;
  const elapsed = durationText(now - state.since);
  const further = [current === undefined ? '' : harmless(current), failed > 0 ? `${failed} failed` : ''];
  return [harmless(minion), step, elapsed, further.filter((text) => text !== '').join('  ')];
}

function wordFor(status: string): string {
  return status === 'queued' ? 'waiting' : status === 'delivered' ? 'taken' : status;
}

function alignCells(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - columnsOf(cell))))
    .join('  ')
    .trimEnd();
}

function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

interface Totals {
  readonly targeted: number;
  readonly failed: number;
  readonly running: ReadonlyMap<string, Running>;
  readonly shown: number;
}

function totals({ targeted, failed, running, shown }: Totals): string {
  const count = (statuses: readonly string[]): number =>
    [...running.values()].filter(({ status }) => statuses.includes(status)).length;
  const parts = [
    `${targeted - running.size} of ${targeted} done`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    `${count(['running'])} running`,
    `${count(['queued', 'delivered'])} waiting`,
    ...(shown < running.size ? [`${running.size - shown} not shown`] : []),
  ];
  return parts.join(', ');
}
