import { describe, expect, it } from 'vitest';
import { commentLines } from './comment-lines.ts';
import { replaceBlock } from './replace-block.ts';
import { replaceLines } from './replace-text.ts';
import { setLine } from './set-line.ts';

const line = { indents: true };

describe('replaceLines', () => {
  it('replaces all matches, or as many as asked for', () => {
    const wanted = { pattern: 'o', replacement: '0', flags: {} };
    expect(replaceLines('foo boo', wanted).join('')).toBe('f00 b00');
    expect(replaceLines('foo boo', { ...wanted, count: 3 }).join('')).toBe('f00 b0o');
  });

  it('adds the replacement once when nothing matches', () => {
    const wanted = { pattern: '^x=', replacement: 'x=1', flags: { multiline: true } };
    expect(replaceLines('y=2', { ...wanted, appendIfNotFound: true }).join('')).toBe('y=2\nx=1\n');
    expect(replaceLines('y=2\n', { ...wanted, prependIfNotFound: true }).join('')).toBe('x=1\ny=2\n');
    expect(replaceLines('', { ...wanted, appendIfNotFound: true, notFoundContent: 'z' }).join('')).toBe('z\n');
    const again = { ...wanted, pattern: '^w=', appendIfNotFound: true };
    expect(replaceLines('y=2\nx=1\n', again).join('')).toBe('y=2\nx=1\n');
  });

  it('counts what is added as one line, as Salt does in its diffs', () => {
    const wanted = { pattern: '^x=', replacement: 'x=1\nz=2\n', flags: { multiline: true } };
    expect(replaceLines('y=2', { ...wanted, appendIfNotFound: true })).toEqual(['y=2\n', 'x=1\nz=2\n\n']);
    expect(replaceLines('y=2\n', { ...wanted, prependIfNotFound: true })).toEqual(['x=1\nz=2\n\n', 'y=2\n']);
  });

  it('takes backslashes literally when told to', () => {
    expect(replaceLines('a', { pattern: 'a', replacement: '\\1', flags: {}, isLiteral: true }).join('')).toBe('\\1');
  });
});

describe('replaceBlock', () => {
  const wanted = { markerStart: '# BEGIN', markerEnd: '# END', content: 'new' };

  it('replaces what stands between the markers', () => {
    expect(replaceBlock('a\n# BEGIN x\nold\n# END x\nb\n', wanted)).toBe('a\n# BEGIN x\nnew\n# END x\nb\n');
    expect(replaceBlock('# BEGIN\n# END\n', { ...wanted, appendNewline: false })).toBe('# BEGIN\nnew# END\n');
  });

  it('adds a block where it is told to', () => {
    expect(replaceBlock('a', { ...wanted, appendIfNotFound: true })).toBe('a\n# BEGIN\nnew\n# END\n');
    expect(replaceBlock('a\n', { ...wanted, prependIfNotFound: true })).toBe('# BEGIN\nnew\n# END\na\n');
    expect(replaceBlock('a\nb\n', { ...wanted, insertAfterMatch: '^a' })).toBe('a\n# BEGIN\nnew\n# END\nb\n');
    expect(replaceBlock('a\nb\n', { ...wanted, insertBeforeMatch: '^b' })).toBe('a\n# BEGIN\nnew\n# END\nb\n');
  });

  it('refuses missing and unterminated markers', () => {
    expect(() => replaceBlock('a\n', wanted)).toThrow('Markers were not found in file');
    expect(() => replaceBlock('# BEGIN\na\n', wanted)).toThrow('Unterminated marked block');
  });
});

describe('commentLines', () => {
  it('comments matching lines out and in', () => {
    const out = commentLines('a\nb\n', { pattern: '^b$', character: '#', comments: true });
    expect(out).toEqual({ before: ['b\n'], after: ['#b\n'], text: 'a\n#b\n' });
    expect(commentLines('a\n# b\n', { pattern: '^b', character: '#', comments: false })?.text).toBe('a\n b\n');
    expect(commentLines('a\n', { pattern: 'x', character: '#', comments: true })).toBeUndefined();
  });
});

describe('setLine', () => {
  it('inserts beside a neighbour with its indent', () => {
    expect(setLine('a\n  b\n', { ...line, mode: 'insert', content: 'c', after: 'b' }).join('')).toBe('a\n  b\n  c\n');
    expect(setLine('  a\n  b', { ...line, mode: 'insert', content: 'c', after: 'b' }).join('')).toBe('  a\n  b\n  c');
    expect(setLine('a\nb\n', { ...line, mode: 'insert', content: 'c', location: 'end' }).join('')).toBe('a\nb\nc\n');
  });

  it('counts content of several lines as one, as Salt does in its diffs', () => {
    const edit = { ...line, mode: 'insert' as const, content: 'a\nb', location: 'start' as const };
    expect(setLine('c\n', edit)).toEqual(['a\nb\n', 'c\n']);
  });

  it('ensures a line between two others, once', () => {
    const edit = { ...line, mode: 'ensure' as const, content: 'x', after: 'a', before: 'b' };
    expect(setLine('a\nb\n', edit).join('')).toBe('a\nx\nb\n');
    expect(setLine('a\nx\nb\n', edit).join('')).toBe('a\nx\nb\n');
    expect(setLine('a\nold\nb\n', edit).join('')).toBe('a\nx\nb\n');
    expect(() => setLine('a\n1\n2\nb\n', edit)).toThrow('more than one line between');
  });

  it('deletes and replaces the line that matches', () => {
    expect(setLine('a\nb\nc\n', { ...line, mode: 'delete', match: 'b' }).join('')).toBe('a\nc\n');
    expect(setLine('a\n  b=1\n', { ...line, mode: 'replace', match: 'b=', content: 'b=2' }).join('')).toBe(
      'a\n  b=2\n',
    );
  });

  it('refuses an ambiguous neighbour', () => {
    const edit = { ...line, mode: 'insert' as const, content: 'x', after: 'a' };
    expect(() => setLine('a\na\n', edit)).toThrow('Found more than expected occurrences in "after" expression');
  });
});
