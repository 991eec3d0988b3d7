import { describe, expect, it } from 'vitest';
import { formatProblem, formatProblems } from './format-problem.ts';

describe('formatProblem', () => {
  it('shows place, summary, state, line, caret, the way there and help', () => {
    const text = formatProblem({
      severity: 'error',
      code: 'x',
      summary: 'no such state',
      help: 'did you mean file.managed?',
      span: { file: 'web/init.sls', line: 12, column: 5 },
      quotedLine: '    file.manged:',
      stack: [{ what: 'include', file: 'top.sls', line: 3 }],
      stateId: '/etc/motd',
    });
    expect(text).toBe(
      [
        'web/init.sls:12:5: error: no such state (state /etc/motd)',
        '  line 12 |     file.manged:',
        '          |     ^',
        '  from include at top.sls:3',
        '  help: did you mean file.managed?',
      ].join('\n'),
    );
  });

  it('makes do with a severity and a summary', () => {
    expect(formatProblem({ severity: 'warning', code: 'x', summary: 'odd' })).toBe('warning: odd');
  });

  it('lets no text steer the terminal, and keeps the caret in place', () => {
    const text = formatProblem({
      severity: 'error',
      code: 'x',
      summary: 'bad\u001b[2J\nname',
      span: { file: 'a\u202eb', line: 1, column: 4 },
      quotedLine: '\u0007\tx: y',
    });
    expect(text).toBe(
      [
        'a\\u{202e}b:1:4: error: bad\\u{1b}[2J\\u{a}name',
        '  line 1 | \\u{7} x: y',
        '         |       '.concat(' ^'),
      ].join('\n'),
    );
  });

  it('cuts long lines, without a caret beyond the cut', () => {
    const problem = { severity: 'error', code: 'x', summary: 's', quotedLine: 'a'.repeat(500) } as const;
    expect(formatProblem({ ...problem, span: { file: 'f', line: 1, column: 400 } })).toBe(
      `f:1:400: error: s\n  line 1 | ${'a'.repeat(160)}…`,
    );
  });
});

describe('formatProblems', () => {
  it('writes them below each other', () => {
    const problem = { severity: 'error', code: 'x', summary: 's' } as const;
    expect(formatProblems([problem, problem])).toBe('error: s\nerror: s');
  });
});
