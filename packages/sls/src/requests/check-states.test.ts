import { toPlain } from '@brine/common';
import { createStateWorld } from '@brine/testkit';
import { describe, expect, test } from 'vitest';

async function check(files: Readonly<Record<string, string>>, mods?: string): Promise<unknown> {
  const world = createStateWorld({ files });
  const { value, retcode } = await world.request('check', mods === undefined ? [] : [mods]);
  expect(world.trace).toEqual([]);
  return [toPlain(value), retcode];
}

describe('state.check', () => {
  test('finds nothing wrong with what the top file gives, and touches nothing', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [web]\n",
      'base/web.sls': 'a: {world.run: []}\n',
      'base/other.sls': 'b: {world.rnu: []}\n',
    };
    expect(await check(files)).toEqual([{ states: 1, errors: [], warnings: [] }, 0]);
  });

  test('tells what is wrong with states also where the files do not compile', async () => {
    const text = [
      'include: [ghost]',
      'a: {world.rnu: [require: [world: inghost]]}',
      'b: {world: [value: 1]}',
      'c: {world.set: [valeu: 1]}',
      'd: {world.run: [names: [[x], 5]]}',
      'e: {world.run: [watch: x]}',
      '',
    ];
    const [value, retcode] = (await check({ 'base/s.sls': text.join('\n') }, 's')) as [{ errors: string[] }, number];
    expect([value.errors.map((problem) => problem.split('\n', 1)[0]), retcode]).toEqual([
      [
        "s.sls:1:11: error: Specified SLS ghost in saltenv base, included by 'base:s', is not available in the file roots",
        "s.sls:3:5: error: No function declared in state 'world' in SLS 's' (ID 'b')",
        "s.sls:5:17: error: The name ['x'] in state 'd' in SLS 's' is neither a string nor a string with a list of arguments",
        "s.sls:6:17: error: The watch statement in state 'e' in SLS 's' needs to be formed as a list",
        "s.sls:2:1: error: there is no state function 'world.rnu' (state a)",
        "s.sls:4:17: error: 'valeu' is unknown (state c)",
        "s.sls:5:1: error: ID '5' in SLS 's' is not formed as a string, but is a int (state d)",
      ],
      1,
    ]);
  });

  test('tells everything that is wrong, each with its place', async () => {
    const text = [
      'a:',
      '  world.rnu: []',
      'b:',
      '  world.set:',
      '    - valeu: 1',
      '    - umask: 9',
      '    - require:',
      '      - world: aa',
      '    - listen:',
      '      - sls: ss',
      'c:',
      '  world.set:',
      '    - names: [x, y]',
      '    - odd: 1',
      '',
    ];
    expect(await check({ 'base/s.sls': text.join('\n') }, 's')).toEqual([
      {
        states: 4,
        errors: [
          [
            "s.sls:1:1: error: there is no state function 'world.rnu' (state a)",
            '  line 1 | a:',
            '         | ^',
            "  help: did you mean 'world.run'?",
          ].join('\n'),
          's.sls:6:7: error: Invalid umask: 9 (state b)\n  line 6 |     - umask: 9\n         |       ^',
          "s.sls:5:7: error: 'valeu' is unknown (state b)\n  line 5 |     - valeu: 1\n         |       ^",
          "s.sls:14:7: error: 'odd' is unknown (state c)\n  line 14 |     - odd: 1\n          |       ^",
          [
            "s.sls:7:7: error: require names 'world: aa', which is not part of the run (state b)",
            '  line 7 |     - require:',
            '         |       ^',
            "  help: did you mean 'a'?",
          ].join('\n'),
          [
            "s.sls:9:7: error: listen names 'sls: ss', which is not part of the run (state b)",
            '  line 9 |     - listen:',
            '         |       ^',
            "  help: did you mean 's'?",
          ].join('\n'),
        ],
        warnings: [],
      },
      1,
    ]);
  });

  test('tells what does not compile', async () => {
    const [value, retcode] = (await check({ 'base/s.sls': 'include: [ghost]\na: {world: []}\n' }, 's')) as [
      { errors: string[] },
      number,
    ];
    expect([value.errors.map((text) => text.split('\n', 1)[0]), retcode]).toEqual([
      [
        "s.sls:1:11: error: Specified SLS ghost in saltenv base, included by 'base:s', is not available in the file roots",
        "s.sls:2:5: error: No function declared in state 'world' in SLS 's' (ID 'a')",
      ],
      1,
    ]);
  });
});

describe('unused includes', () => {
  /** The first lines of the warnings about file `s`, which includes `t`, which includes `u`. */
  async function warned(own: string, theirs = 't: {world.run: []}\n'): Promise<unknown> {
    const files = {
      'base/s.sls': `include: [t]\n${own}`,
      'base/t.sls': `include: [u]\n${theirs}`,
      'base/u.sls': 'u: {world.run: []}\n',
    };
    const [value] = (await check(files, 's')) as [{ warnings: string[] }];
    return value.warnings.map((text) => text.split('\n', 1)[0]).filter((text) => text?.startsWith('s.sls'));
  }

  test('are those where neither file refers to the other', async () => {
    expect(await warned('s: {world.run: []}\n')).toEqual([
      "s.sls:1:11: warning: nothing in 'base:s' refers to 'base:t', nor the other way round",
    ]);
  });

  test.each([
    ['a requisite', 's: {world.run: [require: [world: t]]}\n'],
    ['a requisite onto the whole file', 's: {world.run: [require: [sls: t]]}\n'],
    ['a requisite onto what it includes in turn', 's: {world.run: [watch: [u]]}\n'],
    ['a requisite-in', 's: {world.run: [require_in: [world: t]]}\n'],
    ['use', 's: {world.run: [use: [world: t]]}\n'],
    ['an extend', 's: {world.run: []}\nextend: {t: {world: [name: x]}}\n'],
  ])('are not those that %s uses', async (_what, own) => {
    expect(await warned(own)).toEqual([]);
  });

  test('are not those whose states refer back, nor those of a file that only gathers, nor empty ones', async () => {
    expect(await warned('s: {world.run: []}\n', 't: {world.run: [require_in: [world: s]]}\n')).toEqual([]);
    expect(await warned('')).toEqual([]);
    const empty = { 'base/s.sls': 'include: [t]\ns: {world.run: []}\n', 'base/t.sls': '' };
    expect(await check(empty, 's')).toEqual([{ states: 1, errors: [], warnings: [] }, 0]);
  });

  test('are told apart from a file that includes itself, or another one twice', async () => {
    const [value] = (await check(
      { 'base/s.sls': 'include: [s, t, t]\n', 'base/t.sls': 't: {world.run: []}\n' },
      's',
    )) as [{ warnings: string[] }];
    expect(value.warnings.map((text) => text.split('\n', 1)[0])).toEqual([
      "s.sls:1:11: warning: 'base:s' includes itself",
      "s.sls:1:17: warning: 'base:s' includes 'base:t' twice",
    ]);
  });
});
