import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { createManualClock } from '@brine/testkit';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TemplateEngine, TemplatePorts, TemplateRequest } from './template-engine.ts';
import { createTemplateThread, type TemplateThreadOptions } from './template-thread.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

// Threads run the built JavaScript. `npm test` builds first; this is for a run of these tests alone.
beforeAll(() => {
  if (existsSync(new URL('../../dist/template-thread/thread-entry.js', import.meta.url))) return;
  spawnSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', 'packages/sls'], { cwd: root });
});

const engines: TemplateEngine[] = [];

afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

function createEngine(ports: Partial<TemplatePorts> = {}, options?: TemplateThreadOptions): TemplateEngine {
  const all: TemplatePorts = {
    readTemplate: () => Promise.resolve(undefined),
    call: (name) => Promise.resolve(`called ${name}`),
    log: () => {},
    ...ports,
  };
  const engine = createTemplateThread(all, options);
  engines.push(engine);
  return engine;
}

function request(text: string, variables: Plain = {}, more: Partial<TemplateRequest> = {}): TemplateRequest {
  const dict = toValue(variables) as Dict;
  return { text, file: 'web/init.sls', saltenv: 'base', variables: dict, settings: {}, ...more };
}

async function text(engine: TemplateEngine, ...asked: Parameters<typeof request>): Promise<string> {
  return (await engine.render(request(...asked))).text;
}

function createSignal(): { readonly promise: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const promise = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { promise, give: () => give() };
}

test('a text is rendered with its variables, and each line knows where it came from', async () => {
  const engine = createEngine();
  const rendered = await engine.render(request('{% for i in list %}\n{{ i }}\n{%- endfor %}\nend', { list: [1, 'x'] }));
  expect(rendered.text).toBe('\n1\nx\nend');
  expect(rendered.lineOrigins.map(({ file, line }) => `${file}:${line}`)).toEqual([
    'web/init.sls:1',
    'web/init.sls:2',
    'web/init.sls:2',
    'web/init.sls:4',
  ]);
});

test('a function gets its arguments as values and answers with one', async () => {
  const calls: unknown[] = [];
  const call: TemplatePorts['call'] = (name, positional, keyword) => {
    calls.push([name, positional, keyword]);
    return Promise.resolve(toValue({ big: 2n ** 70n, half: 0.5, list: [null, true] }));
  };
  const template = "{% set v = salt['a.b'](1, 'x', {8: [2.0]}, key=none) %}{{ v.big }} {{ v.half }} {{ v.list }}";
  expect(await text(createEngine({ call }), template)).toBe('1180591620717411303424 0.5 [None, True]');
  expect(calls).toEqual([
    ['a.b', [1, 'x', new Map([[8, [expect.objectContaining({ value: 2 })]]])], new Map([['key', null]])],
  ]);
});

test('what a function throws is an error at the line of its call', async () => {
  const call = (): Promise<Value> =>
    Promise.reject(new AppError({ code: 'no-such-function', message: 'no such function' }));
  const error: unknown = await createEngine({ call })
    .render(request("a\n{{ salt['a.b']() }}"))
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'jinja-error', problems: [{ span: { file: 'web/init.sls', line: 2 } }] });
  expect(String(error)).toContain('no such function');
});

test('an error of the template arrives with its problems', async () => {
  await expect(createEngine().render(request('a\n{{ nothing.here }}'))).rejects.toMatchObject({
    name: 'AppError',
    code: 'jinja-undefined',
    problems: [{ span: { file: 'web/init.sls', line: 2 }, quotedLine: '{{ nothing.here }}' }],
  });
});

test('templates of the tree are read by path, relative ones from the folder of the file, each once in a render', async () => {
  const asked: string[] = [];
  const readTemplate: TemplatePorts['readTemplate'] = (path, saltenv) => {
    asked.push(`${saltenv} ${path}`);
    return Promise.resolve(path === 'gone' ? undefined : { text: `{% set name = '${path}' %}${path}`, file: path });
  };
  const template = [
    "{% from 'lib.jinja' import name as a %}",
    "{% from './map.jinja' import name as b %}",
    "{% from '../map.jinja' import name as c %}",
    "{% include 'lib.jinja' %} {% include '../../out' ignore missing %}{% include 'gone' ignore missing %}",
    '{{ a }} {{ b }} {{ c }}',
  ].join('');
  const rendered = await text(createEngine({ readTemplate }), template, {}, { saltenv: 'qa' });
  expect(rendered).toBe('lib.jinja lib.jinja web/map.jinja map.jinja');
  expect(asked).toEqual(['qa lib.jinja', 'qa web/map.jinja', 'qa map.jinja', 'qa gone']);
});

test('a template works on a copy of its variables', async () => {
  const engine = createEngine();
  const variables = { pillar: { a: 1 } };
  expect(await text(engine, "{% do pillar.update({'a': 2}) %}{{ pillar.a }}", variables)).toBe('2');
  expect(await text(engine, '{{ pillar.a }}', variables)).toBe('1');
});

test('a request may bring ports of its own', async () => {
  const engine = createEngine();
  const ports = { call: (name: string) => Promise.resolve(`own ${name}`) };
  expect(await text(engine, "{{ salt['a.b']() }}", {}, { ports })).toBe('own a.b');
  expect(await text(engine, "{{ salt['a.b']() }}")).toBe('called a.b');
});

test('whether a function exists is asked of the port', async () => {
  const has = (name: string): Promise<boolean> => Promise.resolve(name === 'a.b');
  expect(await text(createEngine({ has }), "{{ 'a.b' in salt }} {{ 'a.c' in salt }}")).toBe('True False');
});

test('filters look at files through the port only', async () => {
  const files: TemplatePorts['files'] = {
    read: (path) => Promise.resolve(path === '/etc/motd' ? new TextEncoder().encode('hello') : undefined),
    size: () => Promise.resolve(5),
    isFile: () => Promise.resolve(true),
    list: () => Promise.resolve([]),
    which: (program) => Promise.resolve(`/usr/bin/${program}`),
    userId: () => Promise.resolve(0),
  };
  const template = "{{ '/etc/motd' | file_hashsum('sha1') }} {{ 'sh' | which }}";
  expect(await text(createEngine({ files }), template)).toBe('aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d /usr/bin/sh');
});

describe('requests that overlap', () => {
  test('keep apart, however many there are', async () => {
    const call: TemplatePorts['call'] = async (_, [value]) => {
      await new Promise(setImmediate);
      return value ?? null;
    };
    const engine = createEngine({ call });
    const names = Array.from({ length: 30 }, (_, index) => `n${index}`);
    const template = "{{ name }} {{ salt['a.b'](name) }} {{ salt['a.b'](name) }}";
    const rendered = await Promise.all(names.map((name) => text(engine, template, { name })));
    expect(rendered).toEqual(names.map((name) => `${name} ${name} ${name}`));
  });

  test('may come from the functions that templates call', async () => {
    const engine = createEngine({
      call: async (_, [depth]) => {
        const next = Number(depth) - 1;
        return text(engine, next < 0 ? 'end' : "{{ depth }} {{ salt['a.b'](depth) }}", { depth: next });
      },
    });
    expect(await text(engine, "{{ salt['a.b'](12) }}")).toBe('11 10 9 8 7 6 5 4 3 2 1 0 end');
  });

  test('end in an error when templates render each other without end', async () => {
    const engine = createEngine({ call: () => text(engine, "{{ salt['a.b']() }}") });
    await expect(text(engine, "{{ salt['a.b']() }}")).rejects.toThrow('templates call functions that render templates');
  });
});

describe('a template that computes too long', () => {
  test('is ended by its own limit, with its place', async () => {
    const endless = 'a\n{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}';
    const settings = { limits: { milliseconds: 50 } };
    await expect(text(createEngine(), endless, {}, { settings })).rejects.toMatchObject({
      code: 'jinja-limit',
      problems: [{ span: { file: 'web/init.sls', line: 2 } }],
    });
  });

  test('is ended with its thread when it does not heed its limit; another thread takes what follows', async () => {
    const clock = createManualClock();
    const started = createSignal();
    const call = (): Promise<Value> => {
      started.give();
      return Promise.resolve(null);
    };
    const engine = createEngine({ call }, { clock, grace: 1_000 });
    const endless =
      "{{ salt['a.b']() }}{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}";
    const settings = { limits: { milliseconds: 120_000 } };
    const rendering = text(engine, endless, {}, { settings }).catch((caught: unknown) => caught);
    await started.promise;
    await new Promise(setImmediate);
    clock.advance(601_000);
    expect(await rendering).toMatchObject({
      code: 'template-time-limit',
      message: 'web/init.sls computed for more than 601 seconds and was stopped',
    });
    expect(await text(engine, 'still {{ 1 + 1 }}')).toBe('still 2');
  });

  test('does not count the time in which it waits', async () => {
    const clock = createManualClock();
    const call = (): Promise<Value> => {
      clock.advance(3_600_000);
      return Promise.resolve('done');
    };
    expect(await text(createEngine({ call }, { clock }), "{{ salt['a.b']() }}")).toBe('done');
  });
});

test('a closed engine renders no more, and fails what it was rendering', async () => {
  const started = createSignal();
  const engine = createEngine({
    call: () => {
      started.give();
      return new Promise(() => {});
    },
  });
  const rendering = text(engine, "{{ salt['a.b']() }}").catch((caught: unknown) => caught);
  await started.promise;
  await engine.close();
  expect(await rendering).toMatchObject({ code: 'template-engine-closed' });
  await expect(text(engine, 'x')).rejects.toMatchObject({ code: 'template-engine-closed' });
});

test('a function may change a dict of the template in place', async () => {
  const call: TemplatePorts['call'] = (_name, [target]) => {
    if (target instanceof Map) target.set('b', 2);
    return Promise.resolve(null);
  };
  const template = "{% set d = {'a': 1} %}{% do salt['slsutil.update'](d, {'b': 2}) %}{{ d | tojson }}";
  expect(await text(createEngine({ call }), template)).toBe('{"a": 1, "b": 2}');
});
