import { formatSpan, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createJinja, type RenderedText, type TemplateHost } from './index.ts';

type Files = Readonly<Record<string, string>>;

interface Called {
  readonly name: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

function hostOf(files: Files, calls: Called[] = []): TemplateHost {
  return {
    loader: {
      load: (name) => {
        const text = files[name];
        return text === undefined ? undefined : { file: name, text };
      },
    },
    call: (name, positional, keyword) => {
      calls.push({ name, positional, keyword });
      return positional[0] ?? null;
    },
    has: (name) => name.startsWith('test.'),
  };
}

function render(files: Files, context: Plain = {}): RenderedText {
  const jinja = createJinja({}, hostOf(files));
  return jinja.render({ file: 'main', text: files['main'] ?? '' }, toValue(context) as Dict);
}

function origins(rendered: RenderedText): string[] {
  return rendered.text.split('\n').map((line, index) => {
    const origin = rendered.lineOrigins[index];
    return `${line} <- ${origin === undefined ? '?' : formatSpan(origin)}`;
  });
}

describe('rendered text', () => {
  it('says for each line where it came from', () => {
    const main = "a\n{% set x = 1 %}\n{% for i in [1, 2] %}\nb{{ i }}:\n  c\n{% endfor %}\n{% include 'inc' %}\nd\n";
    expect(origins(render({ main, inc: 'i1\ni2' }))).toEqual([
      'a <- main:1',
      ' <- main:2',
      ' <- main:3',
      'b1: <- main:4',
      '  c <- main:5',
      ' <- main:6',
      'b2: <- main:4',
      '  c <- main:5',
      ' <- main:6',
      'i1 <- inc:1',
      'i2 <- inc:2',
      'd <- main:8',
      ' <- main:8',
    ]);
  });

  it('keeps the origins of lines that macros and set blocks print', () => {
    const main = "{% from 'lib' import m %}\n{{ m('v') }}\n{% set s %}p\nq{% endset %}{{ s }}";
    const lib = '{% macro m(x) %}one\ntwo {{ x }}{% endmacro %}';
    expect(origins(render({ main, lib }))).toEqual([
      ' <- main:1',
      'one <- lib:1',
      'two v <- lib:2',
      'p <- main:3',
      'q <- main:4',
    ]);
  });

  it('ends with a line break when the template does', () => {
    expect(render({ main: 'a\n' }).text).toBe('a\n');
    expect(render({ main: 'a' }).text).toBe('a');
    expect(render({ main: 'a\r\nb\r\n' }).text).toBe('a\nb\n');
  });
});

describe('salt', () => {
  it('calls execution functions in every spelling, with tuples as lists', () => {
    const calls: Called[] = [];
    const jinja = createJinja({}, hostOf({}, calls));
    const text =
      "{{ salt['test.echo'](1, k=(2, 'a')) }}{{ salt.test.echo('x') }}{{ salt.get('test.echo')([1] | map('string')) }}";
    expect(jinja.render({ file: 't', text }, new Map()).text).toBe("1x['1']");
    expect(calls).toEqual([
      { name: 'test.echo', positional: [1], keyword: new Map([['k', [2, 'a']]]) },
      { name: 'test.echo', positional: ['x'], keyword: new Map() },
      { name: 'test.echo', positional: [['1']], keyword: new Map() },
    ]);
  });

  it('knows which functions exist', () => {
    const main = "{{ 'test.echo' in salt }} {{ 'no.such' in salt }} {{ salt['no.such'] is defined }}";
    expect(render({ main }).text).toBe('True False False');
  });

  it('hands dicts over as they are, so that functions may change them', () => {
    const grow = {
      ...hostOf({}),
      call: (_name: string, [dict]: readonly Value[]) => {
        (dict as Dict).set('b', 2);
        return null;
      },
    };
    const text = "{% set d = {'a': 1} %}{% do salt['test.grow'](d) %}{{ d }}";
    expect(createJinja({}, grow).render({ file: 't', text }, new Map()).text).toBe("{'a': 1, 'b': 2}");
  });
});

describe('imports', () => {
  it('run a template once in a render when they need no context', () => {
    const calls: Called[] = [];
    const files = {
      lib: "{% do salt['test.count']() %}{% set v = [] %}",
      other: "{% from 'lib' import v %}{% do v.append(1) %}",
    };
    const jinja = createJinja({}, hostOf(files, calls));
    const text = "{% from 'lib' import v %}{% import 'lib' as l %}{% import 'other' as o %}{{ v }}{{ l.v }}";
    expect(jinja.render({ file: 'a', text }, new Map()).text).toBe('[1][1]');
    expect(calls.length).toBe(1);
    jinja.render({ file: 'b', text }, new Map());
    expect(calls.length).toBe(2);
  });

  it('give imported templates their own tplfile and tpldir, unless with context', () => {
    const files = {
      main: "{% import 'lib/x' as a %}{% import 'lib/x' as b with context %}{{ a.w }} {{ b.w }}",
      'lib/x': '{% set w = tplfile ~ " " ~ tpldir %}',
    };
    expect(render(files, { tplfile: 'main', tpldir: '.' }).text).toBe('lib/x lib main .');
  });

  it('take the variables of a source over those', () => {
    const host: TemplateHost = {
      loader: { load: (name) => ({ file: name, text: '{% set w = who %}', variables: new Map([['who', 'lib']]) }) },
      call: () => null,
    };
    const text = "{% import 'x' as a %}{{ a.w }}{{ who }}";
    expect(createJinja({}, host).render({ file: 't', text }, new Map([['who', 'me']])).text).toBe('libme');
  });
});

describe('an environment', () => {
  it('can have other delimiters, line statements and line comments', () => {
    const options = { variableStart: '<<', variableEnd: '>>', lineStatementPrefix: '%%', lineCommentPrefix: '##' };
    const text = '%% for i in [1, 2]:\n<< i >> {{ no }} ## note\n%% endfor\nend';
    expect(createJinja(options, hostOf({})).render({ file: 't', text }, new Map()).text).toBe(
      '1 {{ no }}\n2 {{ no }}\nend',
    );
  });

  it('can be lenient with undefined variables', () => {
    const text = '[{{ nope }}]{% if nope %}y{% endif %}{% for x in nope %}x{% endfor %}{{ nope is defined }}';
    const jinja = createJinja({ undefined: 'lenient' }, hostOf({}));
    expect(jinja.render({ file: 't', text }, new Map()).text).toBe('[]False');
    expect(() => jinja.render({ file: 't', text: '{{ nope.x }}' }, new Map())).toThrow("'nope' is undefined");
  });

  it('prints the values of a context as Python does', () => {
    const context = { a: 1, b: 1.5, c: [true, null, 'x'], d: { k: 'v' }, e: new Uint8Array([104, 0]) };
    const main = '{{ a }} {{ b }} {{ c }} {{ d }} {{ e }}';
    expect(render({ main }, context).text).toBe("1 1.5 [True, None, 'x'] {'k': 'v'} b'h\\x00'");
  });
});

it('puts execution functions where the options want them, also for imported templates', () => {
  const calls: Called[] = [];
  const functions = { __salt__: '*', 'tools.echo': 'own.echo' };
  const files = { main: '{% import "lib" as lib %}{{ lib.a }} {{ tools.echo(2, x=1) }} {{ tools.kept }}' };
  const lib = "{% set a = __salt__['test.echo'](1) %}";
  const tools = new Map<Value, Value>([['kept', 3]]);
  const jinja = createJinja({ functions }, hostOf({ ...files, lib }, calls));
  expect(jinja.render({ file: 'main', text: files.main }, new Map([['tools', tools]])).text).toBe('1 2 3');
  expect([calls.map(({ name }) => name), tools.size]).toEqual([['test.echo', 'own.echo'], 1]);
});
