import { describe, expect, it } from 'vitest';
import { columnsOf } from './columns.ts';
import { createProgressBoard } from './progress-board.ts';

const room = { columns: 80, rows: 10 };

describe('the progress board', () => {
  it('has a line for each minion at work, the ones with failures first, and the totals', () => {
    const board = createProgressBoard();
    board.begin(['db1', 'web1', 'web2', 'web3'], 0);
    board.status('web2', 'delivered', 1000);
    board.progress('web1', { done: 2, total: 10, current: 'nginx_conf', failed: 0 }, 1000);
    board.progress('web3', { done: 9, total: 10, current: 'nginx', failed: 2 }, 2000);
    board.end('db1', true);
    expect(board.lines(65_500, room)).toEqual([
      '  web3  10 of 10  1m03s  nginx  2 failed',
      '  web1  3 of 10   1m04s  nginx_conf',
      '  web2  taken     1m04s',
      '1 of 4 done, 2 running, 1 waiting',
    ]);
    expect(board.isOver()).toBe(false);
    expect(board.line('web1', 3000)).toBe('web1  3 of 10  2s  nginx_conf');
  });

  it('keeps to the room there is', () => {
    const board = createProgressBoard();
    const minions = Array.from({ length: 500 }, (_, index) => `machine-number-${index}.example.org`);
    board.begin(minions, 0);
    board.end('machine-number-0.example.org', false);
    const lines = board.lines(5000, { columns: 24, rows: 4 });
    expect(lines).toHaveLength(4);
    expect(lines.map(columnsOf).every((columns) => columns <= 24)).toBe(true);
    expect(board.lines(5000, { columns: 200, rows: 1 })).toEqual([
      '1 of 500 done, 1 failed, 0 running, 499 waiting, 499 not shown',
    ]);
  });

  it('shows nothing that steers the terminal', () => {
    const board = createProgressBoard();
    board.begin(['evil'], 0);
    board.progress('evil', { done: 0, total: 1, current: '\u001B]0;pwned\u0007\n', failed: 0 }, 0);
    expect(board.lines(0, room)[0]).toBe('  evil  1 of 1  0s  ?]0;pwned??');
  });
});
