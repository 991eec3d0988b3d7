import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { createLiveView, type Screen } from './live-view.ts';
import { createProgressBoard } from './progress-board.ts';

interface Recorded extends Screen {
  readonly written: string[];
}

function screen(size: { readonly columns: number; readonly rows: number }): Recorded {
  const written: string[] = [];
  return { ...size, isTTY: true, written, write: (text) => void written.push(text) };
}

describe('the live view', () => {
  it('draws nothing for a job that ends at once', () => {
    const [clock, terminal, board] = [createManualClock(), screen({ columns: 80, rows: 24 }), createProgressBoard()];
    const view = createLiveView(board, terminal, clock);
    board.begin(['web1'], clock.monotonic());
    clock.advance(300);
    view.print('web1:\n    True\n');
    board.end('web1', true);
    view.stop();
    expect(terminal.written.join('')).toBe('web1:\n    True\n');
  });

  it('draws over its own lines, and puts answers above them', () => {
    const [clock, terminal, board] = [createManualClock(), screen({ columns: 30, rows: 24 }), createProgressBoard()];
    const view = createLiveView(board, terminal, clock);
    board.begin(['web1', 'web2'], clock.monotonic());
    clock.advance(400);
    expect(terminal.written).toEqual(['  web1  waiting  0s\n  web2  waiting  0s\n0 of 2 done, 0 running, 2 wa…\n']);
    terminal.written.length = 0;
    board.end('web1', true);
    view.print('web1:\n    True\n');
    expect(terminal.written).toEqual([
      '\r\u001B[A\u001B[2K\u001B[A\u001B[2K\u001B[A\u001B[2Kweb1:\n    True\n  web2  waiting  0s\n1 of 2 done, 0 running, 1 wa…\n',
    ]);
    terminal.written.length = 0;
    view.stop();
    clock.advance(5000);
    expect(terminal.written).toEqual(['\r\u001B[A\u001B[2K\u001B[A\u001B[2K']);
  });
});
