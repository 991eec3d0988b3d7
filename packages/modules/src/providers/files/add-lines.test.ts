import { describe, expect, it } from 'vitest';
import { presentLines } from './add-lines.ts';

describe('lines that a file should have', () => {
  it.each([
    ['a\nb\n', 'b', true],
    ['a\nb', 'a\nb\n', true],
    ['a\r\nb\r\n', 'a\nb', true],
    ['ab\n', 'b', false],
    ['a b\n', 'a  b', false],
    ['a\n', '', true],
    ['a', '', false],
    ['', '', true],
  ])('are in %j: %j is %j where blanks count', (text, chunk, isThere) => {
    expect(presentLines(text, chunk, false)).toBe(isThere);
  });

  it.each([
    ['a  b\n', 'a b', true],
    ['ab\n', 'a b', true],
    ['a b\n', 'ab', false],
    ['  a\t b  \n', 'a b', true],
    ['x a b\n', 'a b', false],
    ['a b x\n', 'a b', false],
    ['x\na\n\nb\ny\n', 'a\nb', true],
    ['a\nb x\n', 'a\nb', false],
    ['a.b\n', 'a.b', true],
    ['axb\n', 'a.b', false],
    ['x', ' ', false],
    ['x\n', ' ', true],
  ])('are in %j: %j is %j where they do not', (text, chunk, isThere) => {
    expect(presentLines(text, chunk, true)).toBe(isThere);
  });

  it('may be as long as files are', () => {
    const long = 'key = value # with some words\n'.repeat(5_000);
    expect(presentLines(`first\n${long}`, long, true)).toBe(true);
    expect(presentLines(long, `${long}more\n`, true)).toBe(false);
    expect(presentLines(`first\n${long}`, long, false)).toBe(true);
  });
});
