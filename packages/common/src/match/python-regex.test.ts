import { describe, expect, it } from 'vitest';
import { isAppError } from '../app-error.ts';
import { compilePythonRegex } from './python-regex.ts';

describe('compilePythonRegex', () => {
  it.each([
    ['(?P<a>x)(?P=a)', 'xx', true],
    ['\\Aab\\Z', 'ab', true],
    ['\\Aab\\Z', 'ab\n', false],
    ['ab$', 'ab\n', true],
    ['ab$', 'ab\nc', false],
    ['(?m)^ab$', 'x\nab\nc', true],
    ['(?i)AB', 'xab', true],
    ['a.b', 'a\nb', false],
    ['a.b', 'a\rb', true],
    ['(?s)a.b', 'a\nb', true],
    ['(?x) a b # comment\n c', 'abc', true],
    ['a(?#comment)b', 'ab', true],
    ['^\\w+$', 'été', true],
    ['^[\\w-]+$', 'a-é', true],
    ['\\W', 'é', false],
    ['a{,2}$', 'aaa', true],
    ['^a{,2}$', 'aaa', false],
    ['^{a}$', '{a}', true],
    ['a{}', 'a{}', true],
    ['^]}$', ']}', true],
    ['[]a]', ']', true],
    ['^[^]a]$', 'b', true],
    ['[[]', '[', true],
    ['[\\w-.]', '-', true],
    ['[a-]', '-', true],
    ['^[+-.]$', ',', true],
    ['\\-\\_\\:', '-_:', true],
    ['\\/x', '/x', true],
    ['[\\]\\-]', ']', true],
    ['.$', '😀', true],
    ['^(?:web\\d+-)*ams', 'web1-web2-ams', true],
  ])('reads %j, tried on %j', (pattern, text, expected) => {
    expect(compilePythonRegex(pattern).test(text)).toBe(expected);
  });

  it.each(['(', 'a**', '(a+)+', '(?:a*)*b', '([a-z]+){2,}', '(\\w+)*$', 'x'.repeat(2001)])('refuses %j', (pattern) => {
    let caught: unknown;
    try {
      compilePythonRegex(pattern);
    } catch (error) {
      caught = error;
    }
    expect(isAppError(caught, 'regex-invalid')).toBe(true);
  });

  it('takes flags', () => {
    expect('aXbx'.replace(compilePythonRegex('x', 'gi'), '-')).toBe('a-b-');
  });
});
