import { isAppError } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createJinja, type JinjaLimits, type TemplateHost } from './index.ts';

const files: Readonly<Record<string, string>> = {
  'self.jinja': "{% include 'self.jinja' %}",
  'a.jinja': "{% import 'b.jinja' as b %}",
  'b.jinja': "{% import 'a.jinja' as a %}",
};

const host: TemplateHost = {
  loader: {
    load: (name) => {
      const text = files[name];
      return text === undefined ? undefined : { file: name, text };
    },
  },
  call: () => null,
  has: () => false,
};

/** The code and line a template ends with under small limits. */
function end(template: string, limits: JinjaLimits = {}): { code: string; line: number | undefined } {
  const jinja = createJinja({ limits: { milliseconds: 400, outputBytes: 100_000, ...limits } }, host);
  try {
    jinja.render({ file: 't', text: template }, new Map());
  } catch (error) {
    if (isAppError(error)) return { code: error.code, line: error.problems[0]?.span?.line };
    throw error;
  }
  return { code: 'rendered', line: undefined };
}

const bomb = 'a'.repeat(40);

describe('limits of templates', () => {
  it.each([
    ['endless output', '\n{% for i in range(100000) %}{{ "x" * 100 }}{% endfor %}'],
    ['endless macros', '{% macro m() %}\n{{ m() }}{% endmacro %}\n{{ m() }}'],
    ['endless includes', "\n{% include 'self.jinja' %}"],
    ['imports in a circle', "\n{% import 'a.jinja' as a %}"],
    ['loops in loops', '\n{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}'],
    ['a long text', '\n{{ "x" * 10 ** 9 }}'],
    ['a wide field', "\n{{ '%1000000000d' % 1 }}"],
    ['a wider field', "\n{{ '{:1000000000}'.format(1) }}"],
    ['padding', "\n{{ 'a'.ljust(1000000000) }}"],
    ['a replacement that multiplies', "\n{% set x = 'a' * 100000 %}{{ x.replace('a', x) }}"],
    ['a long list', '\n{{ [0] * 10 ** 9 }}'],
    ['a large power', '\n{{ 10 ** (10 ** 10) }}'],
    ['permutations', '\n{{ range(12) | permutations | list | length }}'],
    ['a list that grows in a loop', '\n{% set l = [1] %}{% for x in l %}{% do l.append(x) %}{% endfor %}'],
    ['a regular expression bomb', `\n{{ '${bomb}!' | regex_match('(a+)+$') }}`],
    ['addresses of a large network', "\n{{ '2001:db8::/64' | network_hosts }}"],
  ])('end %s with an error that names its place', (_name, template) => {
    const { code, line } = end(template);
    expect(code).toBe('jinja-limit');
    expect(line).toBeGreaterThan(0);
  });

  it('refuse a range as the sandbox of Jinja does', () => {
    expect(end('\n{{ range(10 ** 9) }}')).toEqual({ code: 'jinja-error', line: 2 });
    expect(end('{{ range(11) | list }}', { rangeItems: 10 })).toEqual({ code: 'jinja-error', line: 1 });
  });

  it('do not fall over expressions that nest without end', () => {
    expect(end(`{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`).code).toBe('jinja-limit');
  });

  it('do not count the time in which functions are waited for', () => {
    const slow: TemplateHost = {
      ...host,
      has: () => true,
      call: () => {
        const until = performance.now() + 600;
        while (performance.now() < until);
        return 'answer';
      },
    };
    const jinja = createJinja({ limits: { milliseconds: 500 } }, slow);
    const loop = '{% for i in range(300) %}{% endfor %}';
    const source = { file: 't', text: `{{ salt['test.sleep'](1) }}${loop}` };
    expect(jinja.render(source, new Map()).text).toBe('answer');
  });

  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])(
    'give no way to %s of JavaScript objects',
    (name) => {
      const expressions = ["'x'", '[1]', '{}', '1', '(1,)', 'namespace()', 'range', 'cycler(1)', 'salt', 'self'];
      const found = expressions.map((expression) => end(`{{ ${expression}.${name}.${name} }}`).code);
      expect(found.filter((code) => code === 'rendered')).toEqual([]);
    },
  );
});
