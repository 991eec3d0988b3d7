import { formatSpan, toPlain, type Problem } from '@brine/common';
import { createStateWorld } from '@brine/testkit';
import { describe, expect, test } from 'vitest';
import { declaredStates } from './declared-states.ts';
import { loadHighData, type LoadedHighData } from './load-high-data.ts';

/** Loads files of environments (`ENV/path` → text). */
function load(
  files: Record<string, string>,
  matches: Record<string, string[]> = { base: ['s'] },
): Promise<LoadedHighData> {
  const { ports } = createStateWorld({ files });
  const context = { grains: new Map(), pillar: new Map(), options: new Map() };
  return loadHighData(new Map(Object.entries(matches)), {
    files: ports.files,
    renderer: ports.renderer,
    context,
    autoOrder: true,
  });
}

/** `ENV:SLS ID` of all states, in the order in which they are numbered. */
async function loaded(...given: Parameters<typeof load>): Promise<string[]> {
  const { high, problems } = await load(...given);
  expect(problems).toEqual([]);
  const states = [...declaredStates(high)].map(({ id, body, parts }) => {
    const order = (toPlain(parts) as { order?: number }[]).find((part) => part.order !== undefined)?.order ?? 0;
    return {
      order,
      text: `${String(toPlain(body.get('__env__') ?? null))}:${String(toPlain(body.get('__sls__') ?? null))} ${id}`,
    };
  });
  return states.sort((a, b) => a.order - b.order).map(({ text }) => text);
}

async function told(...given: Parameters<typeof load>): Promise<string[]> {
  const tell = ({ span, summary }: Problem): string =>
    span === undefined ? summary : `${formatSpan(span)} ${summary}`;
  return (await load(...given)).problems.map(tell);
}

const state = (id: string): string => `${id}: {world.run: []}\n`;

describe('an include', () => {
  test('numbers what it includes first, and reads a file once however often it is included', async () => {
    const files = {
      'base/s.sls': `include: [a, b]\n${state('s1')}`,
      'base/a.sls': `include: [b, s]\n${state('a1')}`,
      'base/b.sls': state('b1'),
    };
    expect(await loaded(files)).toEqual(['base:b b1', 'base:a a1', 'base:s s1']);
  });

  test('counts leading dots from the folder of its file', async () => {
    const files = {
      'base/s.sls': `include: [web]\n`,
      'base/web/init.sls': 'include: [.tls, .sub.deep, ..common]\n',
      'base/web/tls.sls': state('tls'),
      'base/web/sub/deep.sls': `include: [..tls, ...common]\n${state('deep')}`,
      'base/common.sls': state('common'),
    };
    expect(await loaded(files)).toEqual(['base:web.tls tls', 'base:common common', 'base:web.sub.deep deep']);
  });

  test('takes globs, and files of other environments', async () => {
    const files = {
      'base/s.sls': 'include: ["roles.*", {ops: agent}, {_xenv: only}]\n',
      'base/roles/init.sls': state('roles'),
      'base/roles/web.sls': state('web'),
      'base/roles/db/init.sls': state('db'),
      'base/only.sls': state('only'),
      'ops/agent.sls': state('agent'),
    };
    expect(await loaded(files)).toEqual([
      'base:roles.db db',
      'base:roles.web web',
      'ops:agent agent',
      'base:only only',
    ]);
  });

  test('across environments needs exactly one that has the file', async () => {
    const files = {
      'base/s.sls': 'include:\n  - _xenv: both\n  - _xenv: none\n  - _xenv: far\n',
      'qa/both.sls': state('x'),
      'dev/both.sls': state('x'),
      'qa/far.sls': state('far'),
    };
    expect(await told(files, { base: ['s'], qa: [], dev: [] })).toEqual([
      's.sls:2:5 Ambiguous include: Specified SLS _xenv: both is available in multiple available saltenvs: qa, dev',
      's.sls:3:5 Unknown include: Specified SLS _xenv: none is not available in saltenv(s): base, qa, dev',
    ]);
  });

  test('that cannot be followed is told at its place', async () => {
    const files = {
      'base/s.sls': 'include:\n  - ..up\n  - mars: x\n  - 7\n  - {a: b, c: d}\n  - ghost\n',
    };
    expect(await told(files)).toEqual([
      "s.sls:2:5 Attempted relative include of '..up' within SLS 'base:s' goes beyond top level package",
      "s.sls:3:5 Nonexistent saltenv 'mars' found in include of 'x' within SLS 'base:s'",
      "s.sls:4:5 Badly formatted include 7 found in include in SLS 'base:s'",
      "s.sls:5:5 Badly formatted include {'a': 'b', 'c': 'd'} found in include in SLS 'base:s'",
      "s.sls:6:5 Specified SLS ghost in saltenv base, included by 'base:s', is not available in the file roots",
    ]);
  });

  test('goes only so deep', async () => {
    const files: Record<string, string> = { 'base/s.sls': 'include: [f0]\n' };
    for (let index = 0; index < 250; index += 1) files[`base/f${index}.sls`] = `include: [f${index + 1}]\n`;
    expect(await told(files)).toEqual(["f199.sls:1:11 SLS 'base:f200' is included more than 200 files deep"]);
  });
});

describe('a file', () => {
  test('is found by its dotted name, its folder or its path, and is named as it was asked for', async () => {
    const files = { 'base/a/b.sls': state('x'), 'base/c/init.sls': state('y'), 'base/d/e/init.sls': state('z') };
    expect(await loaded(files, { base: ['a.b', 'c', 'd/e'] })).toEqual(['base:a.b x', 'base:c y', 'base:d/e z']);
  });

  test('that does not render is told with its lines, and the others are still read', async () => {
    const files = { 'base/s.sls': 'a: 1\na: 2\n', 'base/t.sls': 'b: [world.run]\n' };
    const problems = await told(files, { base: ['s', 't'] });
    expect(problems).toEqual([
      expect.stringMatching(/^s\.sls:2:1 Rendering SLS 'base:s' failed: .*a.*; line 2$/),
      't.sls:1:1 ID b in SLS t is not a dictionary',
    ]);
  });

  test.each([
    ['', []],
    ['[]', []],
    ['- a\n', ['s.sls:1 SLS s does not render to a dictionary']],
    ['extend: [a]\n', ["s.sls:1:1 Extension value in SLS 's' is not a dictionary"]],
    ['extend: {a: b}\n', ["s.sls:1:10 Extension name 'a' in SLS 's' is not a dictionary"]],
    ['exclude: a\n', ['s.sls:1:1 Exclude Declaration in SLS s is not formed as a list']],
    ['a: world.run\n', []],
    [
      'a: {world.run: [], world.set: []}\n',
      ["s.sls:1:20 ID 'a' in SLS 's' contains multiple state declarations of the same type"],
    ],
    ['a: {7: []}\n', ["s.sls:1:5 ID 'a' in SLS 's' has a state named 7, which is not a string"]],
  ])('of %j gives %j', async (text, problems) => {
    expect(await told({ 'base/s.sls': text })).toEqual(problems);
  });

  test('of an environment that does not exist is an error', async () => {
    expect(await told({}, { mars: ['s'] })).toEqual([
      "No matching salt environment for environment 'mars' found",
      "No matching sls found for 's' in env 'mars'",
    ]);
  });
});

test('within one id states written with a dot come after the others', async () => {
  const { high } = await load({ 'base/s.sls': 'a:\n  service.running: []\n  pkg: [installed]\n' });
  expect(toPlain(high)).toEqual({
    a: {
      pkg: ['installed', { order: 10_000 }],
      service: ['running', { order: 10_001 }],
      __sls__: 's',
      __env__: 'base',
    },
  });
});

test('an extend that two names of one file bring counts once', async () => {
  const files = { 'base/d/init.sls': 'extend:\n  x:\n    world:\n      - a: 1\n' };
  const { high } = await load(files, { base: ['d', 'd'] });
  expect(toPlain(high)).toEqual({ __extend__: [{ x: { world: [{ a: 1 }], __sls__: 'd', __env__: 'base' } }] });
});
