import { formatSpan, isDict, loadYaml, pythonStr, toPlain, type Dict } from '@brine/common';
import { createStateWorld } from '@brine/testkit';
import { describe, expect, test } from 'vitest';
import { loadHighData } from '../high/load-high-data.ts';
import type { CompiledStates } from './compile-result.ts';
import { compileStates, type CompileOptions } from './compile-states.ts';

interface Compile extends CompileOptions {
  readonly mods?: readonly string[];
  readonly autoOrder?: boolean;
}

async function compile(
  files: Record<string, string>,
  { mods = ['s'], autoOrder = true, ...options }: Compile = {},
): Promise<CompiledStates> {
  const tree = Object.fromEntries(Object.entries(files).map(([path, text]) => [`base/${path}`, text]));
  const { ports } = createStateWorld({ files: tree });
  const context = { grains: new Map(), pillar: new Map(), options: new Map() };
  const loaded = await loadHighData(new Map([['base', mods]]), {
    files: ports.files,
    renderer: ports.renderer,
    context,
    autoOrder,
  });
  return compileStates(loaded, options);
}

/** Chunks without the members that every one has. */
async function chunks(files: Record<string, string>, options?: Compile): Promise<unknown[]> {
  const { steps, problems } = await compile(files, options);
  expect(problems).toEqual([]);
  return steps.map(({ chunk }) => {
    const plain = new Map(chunk);
    for (const key of ['__id__', '__env__', '__sls__', 'state', 'fun', 'order']) plain.delete(key);
    return toPlain(plain);
  });
}

async function problemsOf(files: Record<string, string>, options?: Compile): Promise<string[]> {
  const { problems, steps } = await compile(files, options);
  expect(steps).toEqual([]);
  return problems.map(({ span, quotedLine, summary, help }) => {
    const place = span === undefined ? '' : `${formatSpan(span)} [${quotedLine ?? ''}] `;
    return `${place}${summary}${help === undefined ? '' : ` (${help})`}`;
  });
}

describe('a compile', () => {
  test('gives steps that know their id, place and arguments', async () => {
    const { steps } = await compile({ 's.sls': 'conf:\n  world.set:\n    - name: /etc/x\n    - value: 1\n' });
    expect(steps).toEqual([
      {
        chunk: new Map<unknown, unknown>([
          ['state', 'world'],
          ['name', '/etc/x'],
          ['__sls__', 's'],
          ['__env__', 'base'],
          ['__id__', 'conf'],
          ['value', 1],
          ['order', 10_000],
          ['fun', 'set'],
        ]),
        tag: 'world_|-conf_|-/etc/x_|-set',
        state: 'world',
        fun: 'set',
        id: 'conf',
        name: '/etc/x',
        sls: 's',
        saltenv: 'base',
        order: 10_000,
        span: { file: 's.sls', line: 1, column: 1 },
        argumentSpans: new Map([
          ['name', { file: 's.sls', line: 3, column: 7 }],
          ['value', { file: 's.sls', line: 4, column: 7 }],
        ]),
      },
    ]);
  });

  test('gives a step the environment it names', async () => {
    const { steps } = await compile({ 's.sls': 'a:\n  world.set:\n    - saltenv: dev\nb:\n  world.set: []\n' });
    expect(steps.map(({ id, saltenv }) => [id, saltenv])).toEqual([
      ['a', 'dev'],
      ['b', 'base'],
    ]);
  });

  test('reports all problems together, each where it is', async () => {
    const text = [
      'include: nowhere',
      'a:',
      '  world.set:',
      '    value: 1',
      'b:',
      '  world.run:',
      '    - twice',
      '    - require: a',
      'c:',
      '  world:',
      '    - require:',
      '      - world.set: a',
      '      - world: [a]',
      '8080:',
      '  world.run: []',
      'd:',
      '  world.run:',
    ].join('\n');
    expect(await problemsOf({ 's.sls': text })).toMatchInlineSnapshot(`
      [
        "s.sls:3:3 [  world.set:] State 'a' in SLS 's' is not formed as a list (write the arguments of world.set as a list: each on its own line after a dash)",
        "s.sls:14:1 [8080:] ID '8080' in SLS 's' is not formed as a string, but is a int. It may need to be quoted.",
        "s.sls:17:3 [  world.run:] ID 'd' in SLS 's' contains a short declaration (world.run) with a trailing colon. When not passing any arguments to a state, the colon must be omitted.",
        "s.sls:1:1 [include: nowhere] Include Declaration in SLS s is not formed as a list",
        "s.sls:8:7 [    - require: a] The require statement in state 'b' in SLS 's' needs to be formed as a list",
        "s.sls:6:3 [  world.run:] Too many functions declared in state 'world' in SLS 's' (ID 'b': twice, run)",
        "s.sls:11:7 [    - require:] Invalid requisite type 'world.set' in state 'c', in SLS 's'. Requisite types must not contain dots, did you mean 'world'?",
        "s.sls:11:7 [    - require:] Illegal requisite "['a']" in state 'c' in SLS 's', please check your syntax. (name one state, as a string)",
        "s.sls:10:3 [  world:] No function declared in state 'world' in SLS 's' (ID 'c') (write world.FUNCTION in place of world)",
      ]
    `);
  });

  test('takes a text for listen as listening to nothing, with a warning', async () => {
    const { steps, problems } = await compile({ 's.sls': 'a:\n  world.run:\n    - listen: tcp\n' });
    expect(steps.map(({ id }) => id)).toEqual(['a']);
    expect(problems.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      "warning: The listen statement in state 'a' in SLS 's' is a text, so the state listens to nothing",
    ]);
  });

  test('warns of arguments that do nothing, and takes the first of several keys of a name', async () => {
    const text = 'a: {world.run: [5, [x]]}\nb: {world.run: [names: [{x: [{value: 1}], y: [{value: 2}]}, 3]]}\n';
    const { steps, problems } = await compile({ 's.sls': text });
    expect(steps.map(({ chunk }) => [chunk.get('name'), chunk.get('value')])).toEqual([
      ['a', undefined],
      ['x', 1],
      [3, undefined],
    ]);
    expect(problems.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      "warning: State 'a' in SLS 's' has the argument 5, which is neither a function nor a key with a value and does nothing",
      "warning: State 'a' in SLS 's' has the argument ['x'], which is neither a function nor a key with a value and does nothing",
      "warning: The name {'x': [{'value': 1}], 'y': [{'value': 2}]} in state 'b' in SLS 's' has several keys, of which only the first counts",
    ]);
  });

  test('refuses an empty include, a state that begins with an underscore, and names that mean nothing', async () => {
    expect(
      await problemsOf({ 's.sls': 'include:\na: {_world.run: []}\nb: {world.run: [names: [[x], {y: 1}]]}\n' }),
    ).toEqual([
      "s.sls:2:5 [a: {_world.run: []}] ID 'a' in SLS 's' has the state '_world.run', which begins with an underscore",
      's.sls:1:1 [include:] Include Declaration in SLS s is not formed as a list',
      "s.sls:3:17 [b: {world.run: [names: [[x], {y: 1}]]}] The name ['x'] in state 'b' in SLS 's' is neither a string nor a string with a list of arguments",
      "s.sls:3:17 [b: {world.run: [names: [[x], {y: 1}]]}] The name {'y': 1} in state 'b' in SLS 's' is neither a string nor a string with a list of arguments",
    ]);
  });

  test('takes empty requisites and functions for modules where Salt does', async () => {
    const keywords = ['require_any', 'onfail', 'onchanges_any'];
    const lines = keywords.map((keyword) => `b_${keyword}:\n  world.run:\n    - ${keyword}:\n`);
    const dotted = keywords.map((keyword) => `c_${keyword}:\n  world.run:\n    - ${keyword}: [world.run: a]\n`);
    const { problems } = await compile({ 's.sls': ['a: {world.run: []}\n', ...lines, ...dotted].join('') });
    expect(problems).toEqual([]);
    const strict = await compile({ 's.sls': 'a:\n  world.run:\n    - require:\n    - watch: [world.run: a]\n' });
    expect(strict.problems.map(({ code }) => code)).toEqual(['requisite-shape', 'requisite-type']);
  });

  test('refuses a second key beside a requisite where Salt does, and warns of others', async () => {
    const text = 'a: {world.run: [{require_in: null, world: b}]}\nb: {world.run: [{require: [world: a], value: 1}]}\n';
    const { problems } = await compile({ 's.sls': text });
    expect(problems.map(({ severity, summary }) => `${severity}: ${summary}`)).toEqual([
      "warning: Multiple dictionaries defined in argument of state 'a' in SLS 's'",
      "error: Multiple dictionaries defined in argument of state 'b' in SLS 's'",
    ]);
  });

  test('names what was most likely meant by a file that is missing', async () => {
    const files = { 's.sls': 'include:\n  - web.tsl\na:\n  world.run: []\n', 'web/tls.sls': '' };
    expect(await problemsOf(files)).toMatchInlineSnapshot(`
      [
        "s.sls:2:5 [  - web.tsl] Specified SLS web.tsl in saltenv base, included by 'base:s', is not available in the file roots (did you mean 'web.tls'?)",
      ]
    `);
  });

  test('refuses an id of two files, and tells both places', async () => {
    const same = '# c\nx:\n  world.run: []\n';
    expect(await problemsOf({ 'a.sls': same, 'b.sls': `\n${same}` }, { mods: ['a', 'b'] })).toMatchInlineSnapshot(`
      [
        "b.sls:3:1 [x:] Detected conflicting IDs, SLS IDs need to be globally unique. The conflicting ID is 'x' and is found in SLS 'base:a' and SLS 'base:b' (rename one of them)",
      ]
    `);
  });

  test('tells a circle of requisites as a chain of places', async () => {
    const text =
      'a:\n  world.run:\n    - require:\n      - world: b\nb:\n  world.run:\n    - onchanges:\n      - c\nc:\n  world.run:\n    - watch:\n      - world: a\n';
    expect(await problemsOf({ 's.sls': text })).toMatchInlineSnapshot(`
      [
        "s.sls:3:7 [    - require:] A recursive requisite was found, SLS "s" ID "a" ID "b" ID "c": world: a (s.sls:1:1) -> world: b (s.sls:5:1) -> world: c (s.sls:9:1) -> world: a (s.sls:1:1) (remove one of these requisites)",
      ]
    `);
  });

  test('refuses more steps than allowed', async () => {
    const text = 'a:\n  world.run:\n    - names: [x, y, z]\n';
    expect(await problemsOf({ 's.sls': text }, { maxSteps: 2 })).toEqual([
      'The run has 3 states; at most 2 are allowed',
    ]);
  });

  test('lets no id, name or argument reach a prototype', async () => {
    const text =
      '__proto__:\n  world.run: []\nconstructor:\n  world.run:\n    - __proto__: 1\n    - toString: 2\n    - require:\n      - world: hasOwnProperty\n';
    const { steps, problems } = await compile({ 's.sls': text });
    expect(problems.map(({ code }) => code)).toEqual(['id-reserved']);
    expect(steps.map(({ id, chunk }) => [id, chunk.get('__proto__'), chunk.get('toString')])).toEqual([
      ['constructor', 1, 2],
    ]);
  });
});

describe('extend', () => {
  test('replaces arguments, adds new ones and joins requisites', async () => {
    const files = {
      's.sls':
        'include: [t]\nextend:\n  x:\n    world.wait:\n      - value: 2\n      - more: 3\n      - require:\n        - world: z\n',
      't.sls':
        'x:\n  world.set:\n    - value: 1\n    - require:\n      - world: y\ny:\n  world.run: []\nz:\n  world.run: []\n',
    };
    const [x] = await chunks(files);
    expect(x).toEqual({ name: 'x', value: 2, more: 3, require: [{ world: 'y' }, { world: 'z' }] });
    const { steps } = await compile(files);
    expect(steps.map(({ fun }) => fun)).toEqual(['wait', 'run', 'run']);
  });

  test('of something that is not there is an error at its place', async () => {
    const text = 'x:\n  world.run: []\nextend:\n  ghost:\n    world:\n      - value: 1\n';
    expect(await problemsOf({ 's.sls': text })).toMatchInlineSnapshot(`
      [
        "s.sls:4:3 [  ghost:] Cannot extend ID 'ghost' in 'base:s'. It is not part of the high state. (include the SLS that declares 'ghost', or correct the ID)",
      ]
    `);
  });

  test('by a file that is excluded does not count', async () => {
    const files = {
      's.sls': 'include: [t]\nexclude:\n  - sls: t\nx:\n  world.set:\n    - value: 1\n',
      't.sls': 'extend:\n  x:\n    world:\n      - value: 2\n',
    };
    expect(await chunks(files)).toEqual([{ name: 'x', value: 1 }]);
  });
});

describe('requisites in', () => {
  test('reach the other side by id, by name, bare, and all states of a file', async () => {
    const files = {
      's.sls': [
        'include: [t]',
        'a:\n  world.run:\n    - require_in:\n      - world: b',
        'b:\n  world.run:\n    - name: bee\n    - watch_in: {world: c}',
        'c:\n  world.run:\n    - onchanges_in:\n      - d\n      - sls: t',
        'd:\n  world.run: []\ne:\n  world.run:\n    - onfail_in:\n      - world: bee',
      ].join('\n'),
      't.sls': 'x:\n  world.run: []\ny:\n  world.run: []\n',
    };
    const { steps } = await compile(files);
    const added = new Map(
      steps.map(({ id, chunk }) => [
        id,
        toPlain(
          new Map([...chunk].filter(([key]) => ['require', 'watch', 'onchanges', 'onfail'].includes(pythonStr(key)))),
        ),
      ]),
    );
    expect(Object.fromEntries(added)).toEqual({
      a: {},
      b: { require: [{ world: 'a' }], onfail: [{ world: 'e' }] },
      c: { watch: [{ world: 'b' }] },
      d: { onchanges: [{ world: 'c' }] },
      e: {},
      x: { onchanges: [{ world: 'c' }] },
      y: { onchanges: [{ world: 'c' }] },
    });
  });

  test('of a list reach a target once more for every later one, as state.show_lowstate of Salt shows it', async () => {
    const text =
      'a: {world.run: [require_in: [world: b, c, world: d]]}\nb: {world.run: []}\nc: {world.run: []}\nd: {world.run: []}\n';
    const reference = { world: 'a' };
    expect(await chunks({ 's.sls': text })).toMatchObject([
      { name: 'a' },
      { name: 'b', require: [reference, reference, reference] },
      { name: 'c', require: [reference, reference] },
      { name: 'd', require: [reference] },
    ]);
  });

  test('that name nothing are errors, with a type and without', async () => {
    const text = 'a:\n  world.run:\n    - require_in:\n      - world: ghost\n      - spirit\n';
    expect(await problemsOf({ 's.sls': text })).toMatchInlineSnapshot(`
      [
        "s.sls:3:7 [    - require_in:] Cannot extend ID 'ghost' (world) by require_in of 'a' in SLS 's'. It is not part of the high state. (include the SLS that declares 'ghost', or correct the ID)",
        "s.sls:3:7 [    - require_in:] Cannot extend ID 'spirit' by require_in of 'a' in SLS 's'. It is not part of the high state. (include the SLS that declares 'spirit', or correct the ID)",
      ]
    `);
  });

  test('of prereq mark both sides', async () => {
    const text =
      'a:\n  world.run:\n    - prereq_in:\n      - world: b\nb:\n  world.run: []\nc:\n  world.run:\n    - prereq:\n      - world: a\n';
    expect(await chunks({ 's.sls': text })).toMatchInlineSnapshot(`
      [
        {
          "name": "a",
          "prereq_in": [
            {
              "world": "b",
            },
          ],
          "prerequired": [
            {
              "world": "b",
            },
            {
              "world": "c",
            },
          ],
        },
        {
          "name": "b",
          "prereq": [
            {
              "world": "a",
            },
          ],
        },
        {
          "name": "c",
          "prereq": [
            {
              "world": "a",
            },
          ],
        },
      ]
    `);
  });

  test('of excluded states do not count', async () => {
    const text = 'exclude:\n  - id: a\na:\n  world.run:\n    - require_in:\n      - world: b\nb:\n  world.run: []\n';
    expect(await chunks({ 's.sls': text })).toEqual([{ name: 'b' }]);
  });

  test('that are switched off are not expanded', async () => {
    const text = 'a:\n  world.run:\n    - require_in:\n      - world: b\nb:\n  world.run: []\n';
    const options = { disabledRequisites: new Set(['require_in']) };
    expect(await chunks({ 's.sls': text }, options)).toEqual([
      { name: 'a', require_in: [{ world: 'b' }] },
      { name: 'b' },
    ]);
  });
});

test('use and use_in copy arguments, but neither names, order and requisites nor what the state has itself', async () => {
  const text = [
    'donor:\n  world.set:\n    - name: /d\n    - value: 1\n    - mode: 2\n    - order: 5\n    - unless: "false"\n    - listen:\n      - world: b\n    - use_in:\n      - world: c',
    'b:\n  world.set:\n    - mode: 3\n    - use:\n      - world: donor',
    'c:\n  world.set: []',
  ].join('\n');
  const [, b, c] = await chunks({ 's.sls': text });
  expect([b, c]).toEqual([
    { name: 'b', mode: 3, use: [{ world: 'donor' }], value: 1, unless: 'false' },
    { name: 'c', value: 1, mode: 2, unless: 'false' },
  ]);
});

test('names make a step each, in their order, with arguments of their own', async () => {
  const text = 'a:\n  world.set:\n    - value: 1\n    - names:\n      - x\n      - y:\n        - value: 2\n      - x\n';
  const { steps } = await compile({ 's.sls': text });
  expect(steps.map(({ name, order, chunk }) => [name, order, chunk.get('value')])).toEqual([
    ['x', 10_000.0001, 1],
    ['y', 10_000.0002, 2],
  ]);
});

test('order takes numbers, first, last and negative numbers', async () => {
  const orders = { a: 'last', b: '-1', c: 'first', d: '7', e: '-2', f: '1.5' };
  const text = Object.entries(orders).map(([id, order]) => `${id}:\n  world.run:\n    - order: ${order}\n`);
  const { steps } = await compile({ 's.sls': text.join('') });
  expect(steps.map(({ id, order }) => [id, order])).toEqual([
    ['c', 0],
    ['f', 1.5],
    ['d', 7],
    ['e', 1_000_105],
    ['b', 1_000_106],
    ['a', 1_000_107],
  ]);
});

test('without automatic order steps sort by module, name and function', async () => {
  const text = 'b:\n  world.run: []\na:\n  world.run: []\n';
  const { steps } = await compile({ 's.sls': text }, { autoOrder: false });
  expect(steps.map(({ id, order }) => [id, order])).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

test('high data that steps were compiled from stays as it was loaded', async () => {
  const yaml = loadYaml('a:\n  world:\n    - run\n    - require_in:\n      - world: b\nb:\n  world:\n    - run\n');
  const high: Dict = isDict(yaml.value) ? yaml.value : new Map();
  const before = JSON.stringify(toPlain(high));
  const origins = {
    note: () => {},
    spanOf: () => undefined,
    noteText: () => {},
    quoted: <P>(problem: P): P => problem,
  };
  expect(compileStates({ high, origins, problems: [], includes: [] }).steps).toHaveLength(2);
  expect(JSON.stringify(toPlain(high))).toBe(before);
});
