import { AppError, Float, isAppError, pythonStr, toPlain, type Dict, type Value } from '@brine/common';
import { describe, expect, test } from 'vitest';
import type { TemplateEngine, TemplateRequest } from '../template-thread/template-engine.ts';
import { createRenderer, type RendererOptions } from './create-renderer.ts';
import type { RenderContext, RenderSource } from './renderer.ts';

const requests: TemplateRequest[] = [];

// Stands for Jinja: replaces <name> by the variable, and drops lines that begin with %.
const templates: TemplateEngine = {
  render(request) {
    requests.push(request);
    const lines = request.text.split('\n').map((text, index) => ({ text, line: index + 1 }));
    const kept = lines.filter(({ text }) => !text.startsWith('%'));
    const text = kept.map((line) =>
      line.text.replace(/<(\w+)>/g, (_, name: string) => pythonStr(request.variables.get(name) ?? null)),
    );
    return Promise.resolve({
      text: text.join('\n'),
      lineOrigins: kept.map(({ line }) => ({ file: request.file, line })),
    });
  },
  close: () => Promise.resolve(),
};

const context: RenderContext = { grains: new Map([['id', 'web1']]), pillar: new Map(), options: new Map() };

function source(text: string, more: Partial<RenderSource> = {}): RenderSource {
  return { file: 'web/init.sls', text, saltenv: 'base', sls: 'web', ...more };
}

async function render(
  text: string,
  options: Partial<RendererOptions> = {},
  more?: Partial<RenderSource>,
): Promise<Value> {
  return (await createRenderer({ templates, ...options }).render(source(text, more), context)).value;
}

async function renderError(text: string, options: Partial<RendererOptions> = {}): Promise<AppError> {
  const error: unknown = await render(text, options).catch((caught: unknown) => caught);
  if (isAppError(error)) return error;
  throw new Error('the text rendered');
}

function dict(entries: readonly (readonly [Value, Value])[]): Dict {
  return new Map(entries);
}

test('a file goes through jinja and yaml unless it says otherwise', async () => {
  expect(await render('a: <sls>\nb: 010\n')).toEqual(
    dict([
      ['a', 'web'],
      ['b', 10],
    ]),
  );
});

test.each([
  ['#!yaml\na: "<sls>"\n', dict([['a', '<sls>']])],
  ['#!jinja|yaml\na: <sls>\n', dict([['a', 'web']])],
  ['#!yaml_jinja\na: <sls>\n', dict([['a', 'web']])],
  ['#!jinja\nport <sls>\n', '#!jinja\nport web\n'],
  ['#!jinja -s\nport <sls>\n', '#!jinja -s\nport web\n'],
  [
    '#!json\n{"a": [1, 1.0, null], "b": "<sls>"}\n',
    dict([
      ['a', [1, new Float(1), null]],
      ['b', '<sls>'],
    ]),
  ],
  ['#!jinja|json\n{"b": "<sls>"}', dict([['b', 'web']])],
  ['#!json\n', dict([])],
  ['#!/usr/bin/env salt\na: <sls>\n', dict([['a', 'web']])],
  [
    '#!yaml -o\nb: 1\na: 2\n',
    dict([
      ['b', 1],
      ['a', 2],
    ]),
  ],
  ['#!text\n{{ as it is }}', '#!text\n{{ as it is }}'],
])('%j renders as its first line says', async (text, expected) => {
  expect(await render(text)).toEqual(expected);
});

test.each([['  \n\t\n'], [''], ['# comment\n'], ['[]'], ['0'], ['~'], ['false']])(
  '%j is an empty dict',
  async (text) => {
    expect(await render(text)).toEqual(dict([]));
  },
);

test('the pipeline of the request, then the configured one, holds for files without a renderer line', async () => {
  expect(await render('a: "<sls>"', { defaultPipeline: 'yaml' })).toEqual(dict([['a', '<sls>']]));
  expect(await render('{"a": 1}', { defaultPipeline: 'yaml' }, { pipeline: 'json' })).toEqual(dict([['a', 1]]));
  expect(await render('#!yaml\na: 1', {}, { pipeline: 'json' })).toEqual(dict([['a', 1]]));
});

test('a text rendered from Windows lines has Windows lines', async () => {
  expect(await render('#!jinja\r\na\r\n')).toBe('#!jinja\r\na\r\n');
});

test('templates get the variables of their file, and those given over all else', async () => {
  requests.length = 0;
  const variables = dict([
    ['sls', 'other'],
    ['port', 80],
  ]);
  const renderer = createRenderer({ templates });
  await renderer.render(source('a: 1', { absolutePath: '/srv/web/init.sls' }), { ...context, variables });
  const seen = new Map(requests[0]?.variables);
  for (const name of ['grains', 'pillar', 'opts']) seen.delete(name);
  expect(Object.fromEntries(seen)).toEqual({
    saltenv: 'base',
    sls: 'other',
    port: 80,
    tplpath: '/srv/web/init.sls',
    tplfile: 'web/init.sls',
    tpldir: 'web',
    tplroot: 'web',
    tpldot: 'web',
    slspath: 'web',
    slsdotpath: 'web',
    slscolonpath: 'web',
    sls_path: 'web',
  });
});

test('state files take jinja_sls_env, other templates jinja_env', async () => {
  requests.length = 0;
  const options = dict([
    [
      'jinja_sls_env',
      dict([
        ['trim_blocks', true],
        ['LINE_STATEMENT_PREFIX', '%'],
      ]),
    ],
    [
      'jinja_env',
      dict([
        ['lstrip_blocks', true],
        ['no_such', 1],
      ]),
    ],
    ['allow_undefined', true],
  ]);
  const renderer = createRenderer({ templates });
  const states = await renderer.render(source('a: 1'), { ...context, options });
  const { sls: _, ...plain } = source('a: 1');
  const others = await renderer.render(plain, { ...context, options });
  expect(requests.map(({ settings }) => settings)).toEqual([
    { trimBlocks: true, lineStatementPrefix: '%', undefined: 'lenient' },
    { lstripBlocks: true, undefined: 'lenient' },
  ]);
  expect([states.warnings, others.warnings.map(({ summary }) => summary)]).toEqual([
    [],
    ['jinja_env sets no_such, which is not a setting of Jinja that is known here, or not to such a value'],
  ]);
});

describe('yamlex', () => {
  const text = [
    '#!yamlex',
    'pkgs: !aggregate [vim]',
    'pkgs: !aggregate [curl, vim]',
    'one: !aggregate a',
    'one: !aggregate b',
    'plain: {x: 1}',
    'plain: {y: 2}',
    'map: !aggregate {x: {a: 1}}',
    'map: !aggregate {x: {b: 1}, y: 2}',
    'none: !aggregate',
    'gone: !aggregate [old]',
    '!reset gone: !aggregate [new]',
  ].join('\n');

  test('joins repeated keys that are marked, and replaces the others', async () => {
    expect(toPlain(await render(text))).toEqual({
      pkgs: ['vim', 'curl'],
      one: ['a', 'b'],
      plain: { y: 2 },
      map: { x: { b: 1 }, y: 2 },
      none: [],
      gone: ['new'],
    });
  });

  test('tells which containers are marked, and where joined ones were written', async () => {
    const renderer = createRenderer({ templates });
    const { value, positionOf } = await renderer.render(source(text), context);
    const marked = [...(value as Dict)]
      .filter(([, item]) => renderer.aggregates?.has(item as Dict))
      .map(([key]) => key);
    expect(marked).toEqual(['pkgs', 'one', 'map', 'none', 'gone']);
    expect(positionOf((value as Dict).get('map') as Dict, 'y')).toEqual({ file: 'web/init.sls', line: 9, column: 29 });
  });

  test('is plain YAML otherwise', async () => {
    expect(await render('#!yamlex\n')).toEqual(dict([]));
    expect(await renderError('#!yamlex\na: !other x')).toMatchObject({ code: 'yaml-tag' });
    expect(await renderError('#!yamlex\n!aggregate a: x')).toMatchObject({ code: 'yaml-tag' });
  });
});

describe('renderers that are not there', () => {
  test('an unknown one gives an empty dict and a warning', async () => {
    const rendered = await createRenderer({ templates }).render(source('#!jinja|yamll\na: 1\n'), context);
    expect(rendered.value).toEqual(dict([]));
    expect(rendered.warnings).toEqual([
      {
        severity: 'warning',
        code: 'renderer-unknown',
        summary: 'the renderer yamll, which web/init.sls asks for, does not exist: the file gives nothing',
        help: 'did you mean yaml?',
        span: { file: 'web/init.sls', line: 1 },
      },
    ]);
  });

  test.each(['py', 'mako', 'pyobjects', 'gpg', 'pydsl'])('%s, which Salt has, is refused by name', async (name) => {
    expect(await renderError(`#!${name}\na: 1\n`)).toMatchObject({
      code: 'renderer-unsupported',
      message: `the renderer ${name}, which web/init.sls asks for, is not available in Brine`,
    });
  });

  test('a disallowed one is left out with a warning', async () => {
    const blacklisted = createRenderer({ templates, blacklist: ['jinja'] });
    const rendered = await blacklisted.render(source('a: "<sls>"'), context);
    expect(rendered.value).toEqual(dict([['a', '<sls>']]));
    expect(rendered.warnings.map(({ summary }) => summary)).toEqual([
      'the renderer jinja of web/init.sls is disallowed by the configuration and was left out',
    ]);
    expect(await render('a: "<sls>"', { whitelist: ['yaml'] })).toEqual(dict([['a', '<sls>']]));
    expect(await render('a: "<sls>"', { whitelist: ['json'] })).toEqual(dict([]));
  });

  test('an argument that a renderer does not know is refused', async () => {
    expect(await renderError('#!yaml --fast\na: 1')).toMatchObject({
      code: 'renderer-argument',
      message: 'Unknown renderer option: --fast (of the renderer yaml in web/init.sls)',
    });
  });

  test('a renderer of text after one of data is refused', async () => {
    expect(await renderError('#!yaml|jinja\na: 1')).toMatchObject({
      code: 'renderer-input',
      message: 'the renderer jinja of web/init.sls reads text, but the renderer before it gave a dict',
    });
  });
});

test('an injected renderer gets what came before it, its argument and the positions', async () => {
  const seen: unknown[] = [];
  const extra: RendererOptions['extra'] = new Map([
    [
      'mark',
      (value, { argument, source: { file }, positionOf }) => {
        seen.push(argument, file, positionOf?.(value as Dict, 'b'));
        (value as Dict).set('marked', true);
        return Promise.resolve(value);
      },
    ],
  ]);
  const rendered = await createRenderer({ templates, extra }).render(
    source('#!jinja|yaml|mark --all\n%x\nb: 1\n'),
    context,
  );
  expect(rendered.value).toEqual(
    dict([
      ['b', 1],
      ['marked', true],
    ]),
  );
  expect(seen).toEqual(['--all', 'web/init.sls', { file: 'web/init.sls', line: 3, column: 1 }]);
});

test('positions name the lines of the template', async () => {
  const rendered = await createRenderer({ templates }).render(source('%set\na: 1\n%set\nb: [x]\n'), context);
  const value = rendered.value as Dict;
  expect(rendered.positionOf(value, 'b')).toEqual({ file: 'web/init.sls', line: 4, column: 1 });
  expect(rendered.positionOf(value.get('b') as Value[], 0)).toEqual({ file: 'web/init.sls', line: 4, column: 5 });
});

describe('errors', () => {
  test('a YAML error shows the template around its line, and what was rendered when it reads otherwise', async () => {
    const error = await renderError('%set\na: 1\nb: <sls>: x\n');
    expect(error.problems[0]).toMatchObject({ span: { file: 'web/init.sls', line: 3 }, quotedLine: 'b: web: x' });
    expect(error.message).toBe(
      [
        'mapping values are not allowed here; line 3',
        '---\n%set\na: 1\nb: <sls>: x    <======================\n---',
        'rendered as\n---\na: 1\nb: web: x    <======================\n---',
        "a text with ': ' needs quotes, and a nested mapping begins on a line of its own",
      ].join('\n\n'),
    );
  });

  test('a long file is shown five lines around the place', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `k${index}: 1`);
    lines[9] = 'k9: a: b';
    const error = await renderError(lines.join('\n'));
    const shown = [...lines.slice(4, 9), 'k9: a: b    <======================', ...lines.slice(10, 15)];
    expect(error.message).toContain(['---', '[...]', ...shown, '[...]', '---'].join('\n'));
  });

  test('a JSON error names its line, the renderer line counted', async () => {
    const error = await renderError('#!json\n{\n "a": }\n');
    expect(error.code).toBe('json-syntax');
    expect(error.problems).toEqual([
      {
        severity: 'error',
        code: 'json-syntax',
        summary: 'not JSON: a value is expected',
        span: { file: 'web/init.sls', line: 3, column: 7 },
        quotedLine: ' "a": }',
      },
    ]);
    expect(error.message).toBe(
      'not JSON: a value is expected; line 3\n\n---\n#!json\n{\n "a": }    <======================\n---',
    );
  });

  test('an error in another file quotes that file', async () => {
    const problem = {
      severity: 'error',
      code: 'jinja-undefined',
      summary: "'x' is undefined",
      span: { file: 'lib.jinja', line: 7 },
      quotedLine: '{{ x }}',
      stack: [{ what: 'import', file: 'web/init.sls', line: 1 }],
    } as const;
    const failing: TemplateEngine = {
      close: () => Promise.resolve(),
      render: () => Promise.reject(new AppError({ code: 'jinja-undefined', message: 'x', problems: [problem] })),
    };
    const error = await renderError('a: 1', { templates: failing });
    expect(error).toMatchObject({ code: 'jinja-undefined', problems: [problem] });
    expect(error.message).toBe(
      [
        "Jinja variable 'x' is undefined; line 7 of lib.jinja",
        '---\n{{ x }}    <======================\n---',
        'from import, web/init.sls line 1',
      ].join('\n\n'),
    );
  });
});
