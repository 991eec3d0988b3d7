import { isAppError, toValue, type Problem } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createJinja, type TemplateHost } from './index.ts';

const text = 'web/init.sls';

function hostOf(files: Readonly<Record<string, string>>): TemplateHost {
  return {
    loader: {
      load: (name) => {
        const found = files[name];
        return found === undefined ? undefined : { file: name, text: found };
      },
    },
    call: (name) => {
      throw new Error(`${name} failed`);
    },
    has: (name) => name === 'test.fail',
  };
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly problems: readonly Problem[];
}

function fail(template: string, files: Readonly<Record<string, string>> = {}): Failure {
  const jinja = createJinja({}, hostOf(files));
  try {
    jinja.render({ file: text, text: template }, new Map([['site', toValue({ name: 'www', port: 80 })]]));
  } catch (error) {
    if (isAppError(error)) return { code: error.code, message: error.message, problems: error.problems };
    throw error;
  }
  throw new Error('the template rendered');
}

describe('errors of templates', () => {
  it('name the file, line and column, quote the line and offer the nearest name', () => {
    expect(fail('a: 1\nb: {{ site.nam }}\n')).toEqual({
      code: 'jinja-undefined',
      message: "'dict object' has no attribute 'nam' (web/init.sls line 2, column 12)",
      problems: [
        {
          severity: 'error',
          code: 'jinja-undefined',
          summary: "'dict object' has no attribute 'nam'",
          help: "did you mean 'name'?",
          span: { file: text, line: 2, column: 12 },
          quotedLine: 'b: {{ site.nam }}',
        },
      ],
    });
  });

  it('tell the way through includes, imports and macros, outermost first', () => {
    const files = {
      'inc.jinja': "{% from 'mac.jinja' import m %}\n{{ m(1) }}",
      'mac.jinja': '{% macro m(x) %}\n{{ x + nope }}\n{% endmacro %}',
    };
    const [problem] = fail("x\n{% include 'inc.jinja' %}", files).problems;
    expect(problem).toEqual({
      severity: 'error',
      code: 'jinja-undefined',
      summary: "'nope' is undefined",
      span: { file: 'mac.jinja', line: 2, column: 8 },
      quotedLine: '{{ x + nope }}',
      stack: [
        { what: "template 'inc.jinja'", file: text, line: 2, column: 4 },
        { what: "macro 'm'", file: 'inc.jinja', line: 2, column: 4 },
      ],
    });
  });

  it('tell a way that goes in circles once, with the number of rounds', () => {
    const files = { 'ping.jinja': "\n{% include 'pong.jinja' %}", 'pong.jinja': "{% include 'ping.jinja' %}" };
    expect(fail("{% include 'ping.jinja' %}", files).problems[0]?.stack).toEqual([
      { what: "template 'ping.jinja'", file: text, line: 1, column: 4 },
      { what: "template 'pong.jinja' (99 times)", file: 'ping.jinja', line: 2, column: 4 },
      { what: "template 'ping.jinja' (99 times)", file: 'pong.jinja', line: 1, column: 4 },
    ]);
  });

  it('name where an undefined value arose in the tag that fails on it, else where it is used', () => {
    const places = [
      '{{ [\n  1,\n  nope.x\n] }}',
      '{% set x = nope %}\n{{ x }}',
      "{{ salt['test.fail'](\n  nope) }}",
    ].map((template) => fail(template).problems[0]?.span);
    expect(places).toEqual([
      { file: text, line: 3, column: 3 },
      { file: text, line: 2, column: 4 },
      { file: text, line: 2, column: 3 },
    ]);
  });

  it('of JSON that is imported or loaded name its line', () => {
    const imported = fail("\n{% import_json 'bad.json' as x %}", { 'bad.json': '{\n  "a": x\n}\n' }).problems;
    expect(imported.map(({ span }) => span)).toEqual([{ file: 'bad.json', line: 2 }]);
    expect(fail('\n{% load_json as x %}\n[1,\n{% endload %}').problems[0]?.span).toEqual({ file: text, line: 3 });
  });

  it('of texts that filters read as data name the filter', () => {
    expect(fail("\n{{ 'a: b: c' | load_yaml }}").problems).toMatchObject([
      {
        summary: "Unable to load yaml: mapping values are not allowed here in the line 'a: b: c'",
        span: { file: text, line: 2, column: 16 },
      },
    ]);
    expect(fail("\n{{ '{a}' | load_json }}").message).toBe(
      'Unable to load json: not JSON: a key in double quotes is expected at line 1, column 2 (web/init.sls line 2, column 12)',
    );
  });

  it('of data that templates print point at the template that printed it', () => {
    const { problems } = fail("\n{% import_yaml 'bad.yaml' as x %}", { 'bad.yaml': 'ok: 1\nlist: [1, 2\nnext: 3\n' });
    expect(problems.map(({ code, span }) => ({ code, file: span?.file }))).toEqual([
      { code: 'yaml-syntax', file: 'bad.yaml' },
    ]);
    expect(problems[0]?.stack?.at(-1)).toMatchObject({ file: text, line: 2 });
  });

  it('of functions keep the message of the function', () => {
    expect(fail("\n\n{{ salt['test.fail']() }}").message).toBe('test.fail failed (web/init.sls line 3, column 21)');
    expect(fail("{{ salt['test.nope']() }}").code).toBe('jinja-undefined');
  });

  it.each([
    ['{% if true %}\nx', 1, "unexpected end of template: tag 'if' is never closed"],
    ['a\n{{ "abc }}', 2, 'this text is never closed'],
    ['a\n{# b', 2, 'this comment is never closed'],
    ['a\n{% raw %}', 2, "tag 'raw' is never closed"],
    ['a\n{{ [1, 2 }}', 2, "unexpected '}', expected ']'"],
    ['a\n{{ x', 2, 'unexpected end of template: this print statement is never closed'],
    ['{{ 1 +\n}}', 2, 'expected an expression, got the end of the print statement'],
    ['a\n{{ 1 1 }}', 2, "expected the end of the print statement, got '1'"],
    ['\n{% fo x in y %}', 2, "unknown tag 'fo'"],
    ['\n{% if x = 1 %}{% endif %}', 2, "expected the end of the tag, got '='"],
    [
      '{% for x in y %}\n{% endif %}',
      2,
      "unexpected tag 'endif': the innermost open tag is 'for' of line 1, which needs 'endfor' or 'else'",
    ],
    ['\n{{ x | uper }}', 2, "there is no filter named 'uper'"],
    ['\n{{ x is defind }}', 2, "there is no test named 'defind'"],
    ['\n{% set 5 = x %}', 2, "expected a name to assign to, got '5'"],
    ['\n{% macro m(a=1, b) %}{% endmacro %}', 2, "parameter 'b' without a default follows one with a default"],
    ['\n{% break %}', 2, "'break' outside of a loop"],
    ['\n{{ f(a=1, 2) }}', 2, 'positional arguments cannot follow keyword arguments or a *list'],
    ['\n{% block a %}{% endblock %}{% block a %}{% endblock %}', 2, "block 'a' is defined twice"],
    ['\n{{ a && b }}', 2, "unexpected character '&'"],
    ["{{ 'it's' }}\n{{ 'x' }}", 1, "expected the end of the print statement, got 's'"],
    ['\n{% set x = {\n"a": 1\n%}\nb', 2, "'{' is never closed"],
    ['\n{% set x = 1\nb: {{ x }}', 2, 'unexpected end of template: this tag is never closed'],
  ])('say what is not Jinja in %j', (template, line, summary) => {
    const { code, problems } = fail(template);
    expect({ code, line: problems[0]?.span?.line, summary: problems[0]?.summary }).toEqual({
      code: 'jinja-syntax',
      line,
      summary,
    });
  });

  it.each([
    ["\n{{ 'a' + 1 }}", 'can only concatenate str (not "int") to str'],
    ['\n{{ 1 + none }}', "unsupported operand type(s) for +: 'int' and 'NoneType'"],
    ["\n{{ '1' < 2 }}", "'<' not supported between instances of 'str' and 'int'"],
    ['\n{{ 1 // 0 }}', 'integer division or modulo by zero'],
    ['\n{% for a, b in site %}{% endfor %}', 'too many values to unpack (expected 2)'],
    ['\n{{ 5() }}', "'int' object is not callable"],
    ['\n{{ {}.pop("x") }}', "KeyError: 'x'"],
    [
      '\n{% set site.port = 1 %}',
      "cannot assign attribute 'port' of a dict: only a namespace object has attributes to assign",
    ],
    ["\n{{ raise('stop') }}", 'stop'],
    ["\n{% include 'none' %}", "the template 'none' does not exist"],
    ["\n{{ 'x'.split('') }}", 'empty separator'],
    ['\n{{ [1] | first(2) }}', 'first() takes at most 0 arguments (1 given)'],
    ["\n{{ 'a' | replace('a') }}", "replace() missing required argument: 'new'"],
    ["\n{{ 'a' | trim(x=1) }}", "trim() got an unexpected keyword argument 'x'"],
    ["\n{{ ''.__class__ }}", "access to attribute '__class__' of str object is unsafe"],
    ["\n{{ '(' | regex_search('(') }}", "bad regular expression '(': missing ), unterminated subpattern at position 1"],
  ])('say what failed in %j', (template, summary) => {
    const { code, problems } = fail(template);
    expect({ code, line: problems[0]?.span?.line, summary: problems[0]?.summary }).toEqual({
      code: 'jinja-error',
      line: 2,
      summary,
    });
  });
});
