import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffTexts, unifiedDiff } from './unified-diff.ts';

describe('a unified diff', () => {
  it('shows changed lines with three lines around them', () => {
    const before = 'user www-data;\nworker_processes 2;\nevents {}\nhttp {\n  sendfile off;\n}\n';
    const after = 'user www-data;\nworker_processes auto;\nevents {}\nhttp {\n  sendfile on;\n  tcp_nopush on;\n}\n';
    expect(diffTexts(before, after)).toBe(
      '--- \n+++ \n@@ -1,6 +1,7 @@\n user www-data;\n-worker_processes 2;\n+worker_processes auto;\n events {}\n' +
        ' http {\n-  sendfile off;\n+  sendfile on;\n+  tcp_nopush on;\n }\n',
    );
  });

  it('is empty for equal texts', () => {
    expect(diffTexts('a\nb\n', 'a\nb\n')).toBe('');
  });

  it('splits changes that are far apart into hunks', () => {
    const lines = Array.from({ length: 30 }, (_, index) => `line ${index}\n`);
    const changed = lines.map((line, index) => (index === 3 || index === 25 ? `new ${index}\n` : line));
    expect(unifiedDiff(lines, changed).filter((line) => line.startsWith('@@'))).toEqual([
      '@@ -1,7 +1,7 @@\n',
      '@@ -23,7 +23,7 @@\n',
    ]);
  });

  it('leaves a missing final newline as it is', () => {
    expect(diffTexts('x=1', 'y=2\nx=1')).toBe('--- \n+++ \n@@ -1 +1,2 @@\n+y=2\n x=1');
  });

  it('turns the first text into the second when it is applied', () => {
    const line = fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.array(line, { maxLength: 40 }), (before, after) => {
        const diff = unifiedDiff(before, after);
        expect(patched(before, diff)).toEqual(after);
      }),
    );
  });
});

function patched(before: readonly string[], diff: readonly string[]): readonly string[] {
  const result: string[] = [];
  let at = 0;
  for (const line of diff.slice(2)) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (hunk !== null) {
      const start = hunk[2] === '0' ? Number(hunk[1]) : Number(hunk[1]) - 1;
      result.push(...before.slice(at, start));
      at = start;
    } else {
      if (!line.startsWith('+')) at += 1;
      if (!line.startsWith('-')) result.push(line.slice(1));
    }
  }
  return [...result, ...before.slice(at)];
}
