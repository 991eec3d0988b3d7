import { describe, expect, it } from 'vitest';
import { createJinja } from '../index.ts';

const jinja = createJinja({}, { loader: { load: () => undefined }, call: () => null });

function render(text: string): string {
  return jinja.render({ file: 't', text }, new Map()).text;
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

describe('regular expressions', () => {
  it.each([
    ['(?P<a>\\w)(?P=a)', 'xbbx', "('b',)"],
    ['\\Ab', 'ab', 'None'],
    ['b\\Z', 'ab\n', 'None'],
    ['b$', 'ab\n', '()'],
    ['(?i)ABC', 'xabc', '()'],
    ['(?s)a.b', 'a\nb', '()'],
    ['a.b', 'a\nb', 'None'],
    ['(?x) a b # comment', 'ab', '()'],
    ['[]x]+', ']x', '()'],
    ['[^]]+', 'ab]', '()'],
    ['[\\w.-]+@(\\w+)', 'me.x@host', "('host',)"],
    ['a{,2}b', 'aab', '()'],
    ['a{x}', 'a{x}', '()'],
    ['(a)|b', 'b', '(None,)'],
    ['\\bö\\b', 'x ö y', '()'],
    ['é\\w', 'éü', '()'],
    ['(?#note)x', 'x', '()'],
    ['(?<=a)b(?!c)', 'abd', '()'],
    ['\\d+', '٣', '()'],
    ['-', 'a-b', '()'],
    ['/', 'a/b', '()'],
  ])('%s searched in %j means what it means to Python', (pattern, text, groups) => {
    expect(render(`{{ ${literal(text)} | regex_search(${literal(pattern)}) }}`)).toBe(groups);
  });

  it.each([
    ['(a)(b)', '\\2\\1', 'ab ab', 'ba ba'],
    ['x*', '-', 'abxd', '-a-b--d-'],
    ['(?P<k>\\w)=', '\\g<k>:', 'a=1', 'a:1'],
    ['a', '\\n', 'bab', 'b\nb'],
    ['^', '> ', 'a', '> a'],
    ['🐘?', '.', '🐘x', '..x.'],
  ])('%s is replaced by %s', (pattern, replacement, text, result) => {
    const filter = `regex_replace(${literal(pattern)}, ${literal(replacement)})`;
    expect(render(`{{ ${literal(text)} | ${filter} }}`)).toBe(result);
  });

  it.each(['(', ')', '[a', '*', 'a**', '\\q', '(?P<1>a)', '(?(1)a)', 'a\\'])('%s is refused', (pattern) => {
    expect(() => render(`{{ 'a' | regex_search(${literal(pattern)}) }}`)).toThrow('bad regular expression');
  });
});
