import type { Clock, Timer } from '@brine/common';
import type { ProgressBoard } from './progress-board.ts';

/** The part of a terminal that a view draws on. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Lines at the foot of a terminal that change while a job runs. Whatever else is printed goes through `print`. */
export interface LiveView {
  print(text: string): void;
  /** Takes the lines away and draws no more. */
  stop(): void;
}

/** Short jobs end before anything is drawn. */
const firstAfter = 400;
const every = 250;

/** Draws a board on a terminal a few times a second. */
export function createLiveView(board: ProgressBoard, screen: Screen, clock: Clock): LiveView {
  let drawn = 0;
  let timer: Timer = clock.after(firstAfter, turn);
  function erase(): string {
    // Line by line: what is erased down from the first row goes into the history of some terminals (tmux), once a frame.
    const back = drawn === 0 ? '' : `\r${'\u001B[A\u001B[2K'.repeat(drawn)}`;
    drawn = 0;
    return back;
  }
  function draw(): string {
    if (board.isOver()) return '';
    // The last column stays free: some terminals go to the next line after it.
    const columns = Math.max(1, (screen.columns ?? 80) - 1);
    const rows = Math.max(1, Math.min(20, (screen.rows ?? 24) - 3));
    const lines = board.lines(clock.monotonic(), { columns, rows });
    drawn = lines.length;
    return lines.map((line) => `${line}\n`).join('');
  }
  function turn(): void {
    screen.write(erase() + draw());
    timer = clock.after(every, turn);
  }
  return {
    print(text) {
      const isDrawn = drawn > 0;
      screen.write(erase() + text + (isDrawn ? draw() : ''));
    },
    stop() {
      timer.cancel();
      screen.write(erase());
    },
  };
}

/** Where nothing can be drawn over: what is printed, and nothing else. */
export function createPlainView(screen: Screen): LiveView {
  return { print: (text) => void screen.write(text), stop: () => {} };
}
