import { silentLogger, toPlain, toValue, type LogData } from '@brine/common';
import { createManualClock, createStateWorld, resultsOf, type StateWorld, type StateWorldSetup } from '@brine/testkit';
import { describe, expect, test } from 'vitest';
import type { PauseMarks, PauseStore } from './pause-gate.ts';
import type { RunJournals } from './run-ports.ts';

/** A world with one state file `s`, written as `ID: FUNCTION` with arguments in flow style below. */
function worldOf(text: string, setup: StateWorldSetup = {}): StateWorld {
  return createStateWorld({ ...setup, files: { 'base/s.sls': text } });
}

async function run(
  text: string,
  setup: StateWorldSetup & { readonly test?: boolean } = {},
): Promise<StateWorld & { told: string[] }> {
  const world = worldOf(text, setup);
  const results = await world.apply('s', setup.test === true ? { test: true } : {});
  const told = results.map(
    ({ id, result, comment, run: number }) => `${String(number)} ${String(id)} ${String(result)}: ${String(comment)}`,
  );
  return { ...world, told };
}

/** Marks of the one run of a world. */
function pausesOf(marks: PauseMarks): PauseStore {
  let current = marks;
  return {
    read: () => Promise.resolve(current),
    write: (_jid, wanted) => Promise.resolve(void (current = wanted)),
    list: () => Promise.resolve(current.size === 0 ? [] : ['20260101000000000000']),
  };
}

describe('a run', () => {
  test('applies each step right after its look, in order', async () => {
    const { told, trace, settings } = await run('a: {world.set: [value: 1]}\nb: {world.run: []}\n');
    expect(told).toEqual(['0 a true: a was set', '1 b true: b ran']);
    expect(trace).toEqual(['a=1', 'b']);
    expect(settings.get('a')).toBe('1');
  });

  test('foretells and changes nothing under test', async () => {
    const { told, trace } = await run('a: {world.set: [value: 1]}\nb: {world.wait: []}\nc: {world.fail: []}\n', {
      test: true,
    });
    expect(told).toEqual(['0 a null: a would be set', '1 b true: waits', '2 c false: failed']);
    expect(trace).toEqual([]);
  });

  test("returns Salt's members, and the place of the step", async () => {
    const clock = createManualClock(new Date(2026, 0, 2, 3, 4, 5, 6).getTime());
    const { value } = await worldOf('# first\na: {world.set: [name: x, value: 1]}\n', { clock }).request('sls', ['s']);
    expect(toPlain(value)).toEqual({
      'world_|-a_|-x_|-set': {
        name: 'x',
        changes: { x: { old: null, new: '1' } },
        result: true,
        comment: 'x was set',
        __sls__: 's',
        __run_num__: 0,
        start_time: '03:04:05.006000',
        duration: 0,
        __id__: 'a',
        __sls_file__: 's.sls',
        __sls_line__: 2,
      },
    });
  });

  test('tells an error of ours with its problems, and any other as internal, without a stack', async () => {
    const { told } = await run('a: {world.break: [code: x]}\nb: {world.break: []}\n');
    expect(told).toEqual([
      '0 a false: cannot do that\nerror: the value is wrong',
      '1 b false: An exception occurred in this state: internal error: out of order',
    ]);
  });

  test('fails a state that does not exist, with what was most likely meant, and goes on', async () => {
    const { told } = await run('a: {world.wiat: []}\nb: {world.still: []}\n');
    expect(told).toEqual([
      "0 a false: State 'world.wiat' was not found in SLS 's'\nReason: 'world.wiat' is not available. Did you mean 'world.wait'?\n",
      '1 b true: still',
    ]);
  });

  test('reacts to what changed also when failhard stopped it, with steps it had not come to as well', async () => {
    const text =
      'a: {world.run: []}\nb: {world.wait: [listen: [world: a]]}\n' +
      'c: {world.fail: [failhard: true]}\nd: {world.wait: [listen: [world: a]]}\ne: {world.still: []}\n';
    const { told } = await run(text);
    expect(told).toEqual([
      '0 a true: a ran',
      '1 b true: waits',
      '2 c false: failed',
      '3 listener_b true: b ran',
      '4 listener_d true: d ran',
    ]);
  });

  test('ends at a failed step with failhard, but not under test', async () => {
    const text = 'a: {world.fail: [failhard: true]}\nb: {world.still: []}\n';
    expect((await run(text)).told).toEqual(['0 a false: failed']);
    expect((await run(text, { test: true })).told).toEqual(['0 a false: failed', '1 b true: still']);
    const configured = await run('a: {world.fail: []}\nb: {world.still: []}\n', { options: { failhard: true } });
    expect(configured.told).toEqual(['0 a false: failed']);
  });

  test.each([{}, { test: true }])('lets a state answer under another name, with %j', async (keyword) => {
    const { value } = await worldOf('a: {world.rename: [value: b]}\n').request('sls', ['s'], keyword);
    const returned = toPlain(value) as Record<string, { readonly name: unknown }>;
    expect(Object.values(returned).map(({ name }) => name)).toEqual([['b']]);
  });

  test('hands accumulated texts to the step that manages their file, each once', async () => {
    const text = [
      'one: {world.fold: [filename: /f, text: [a, b]]}',
      'two: {world.fold: [filename: /f, name: one, text: b]}',
      '/f: {world.show: []}',
      'other: {world.show: []}',
    ].join('\n');
    const { value } = await worldOf(text).request('sls', ['s']);
    const shown = toPlain(value) as Record<string, { accumulated?: unknown; accumulate?: unknown }>;
    expect(Object.values(shown).map((answer) => [answer.accumulated, answer.accumulate])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [{ one: ['a', 'b'] }, undefined],
      [{}, undefined],
    ]);
  });

  test('resolves slots right before the state looks', async () => {
    const call = (name: string): Promise<ReturnType<typeof toValue>> => Promise.resolve(`${name} answered`);
    const { settings } = await run("a: {world.set: [value: '__slot__:salt:x.y(1)']}\n", { call });
    expect(settings.get('a')).toBe('x.y answered');
  });

  test('returns a name as its slot gave it, under the tag that was written', async () => {
    const call = (): Promise<ReturnType<typeof toValue>> => Promise.resolve('y');
    const text =
      "a: {world.set: [name: '__slot__:salt:x.y()', value: 1]}\nb: {world.run: [name: '__slot__:salt:nosuch.y()']}\n";
    const { value } = await worldOf(text, { call }).request('sls', ['s']);
    const returns = Object.entries(toPlain(value) as Record<string, { name: unknown; comment: unknown }>);
    expect(returns.map(([tag, { name, comment }]) => [tag, name, comment])).toEqual([
      ['world_|-a_|-__slot__:salt:x.y()_|-set', 'y', 'y was set'],
      ['world_|-b_|-__slot__:salt:nosuch.y()_|-run', '__slot__:salt:nosuch.y()', '__slot__:salt:nosuch.y() ran'],
    ]);
  });

  test('fails a state without a function or with a name that is no text, and goes on', async () => {
    const warned: (LogData | undefined)[] = [];
    const log = { ...silentLogger, warn: (_message: string, about?: LogData) => void warned.push(about) };
    const { told } = await run(
      'a: {world: [value: 1]}\nb: {nosuch: []}\nc: {world.still: [names: [1, true]]}\nd: {world.run: []}\ne: {world.: []}\n',
      { ports: { log } },
    );
    expect(told).toEqual([
      "0 a false: State 'world.__call__' was not found in SLS 's'\nReason: 'world.__call__' is not available.\n",
      "1 b false: State 'nosuch.__call__' was not found in SLS 's'\nReason: 'nosuch.__call__' is not available.\n",
      "2 c false: ID '1' in SLS 's' is not formed as a string, but is a int\n",
      "3 c false: ID 'True' in SLS 's' is not formed as a string, but is a bool\n",
      '4 d true: d ran',
      "5 e false: State 'world.' was not found in SLS 's'\nReason: 'world.' is not available.\n",
    ]);
    expect(warned.map((about) => String(about?.['problem']).split('\n', 1)[0])).toEqual([
      "s.sls:1:5: warning: No function declared in state 'world' in SLS 's' (ID 'a')",
      "s.sls:2:5: warning: No function declared in state 'nosuch' in SLS 's' (ID 'b')",
    ]);
  });

  test('is told step by step', async () => {
    const seen: unknown[] = [];
    const world = worldOf('a: {world.fail: []}\nb: {world.still: []}\n', {
      ports: { progress: (progress) => seen.push(progress) },
    });
    await world.apply('s');
    expect(seen).toEqual([
      { done: 0, total: 2, failed: 0, current: 'a' },
      { done: 1, total: 2, failed: 1, current: 'b' },
      { done: 2, total: 2, failed: 1, current: undefined },
    ]);
  });

  test('fires the events that steps and the configuration ask for', async () => {
    const tags: string[] = [];
    const fire = (tag: string): Promise<void> => Promise.resolve(void tags.push(tag));
    const text = 'a: {world.still: [fire_event: true]}\nb: {world.still: [fire_event: my/tag]}\nc: {world.still: []}\n';
    await worldOf(text, { ports: { events: { fire } } }).apply('s', { state_events: true });
    expect(tags).toEqual([
      'salt/state_result/20260101000000000000/web1/a',
      'salt/state_result/20260101000000000000/web1/my/tag',
      'salt/job/20260101000000000000/prog/web1/2',
    ]);
  });

  test('ends before a step that is marked to end it, and keeps no marks', async () => {
    const pauses = pausesOf(new Map([['b', { kill: true }]]));
    expect((await run('a: {world.still: []}\nb: {world.still: []}\n', { ports: { pauses } })).told).toEqual([
      '0 a true: still',
    ]);
    expect(await pauses.list()).toEqual([]);
  });

  test('waits before a step that is paused, as long as it is or for its seconds', async () => {
    const clock = createManualClock();
    const pauses = pausesOf(
      new Map([
        ['a', {}],
        ['b', { duration: 2 }],
      ]),
    );
    const world = worldOf('a: {world.run: []}\nb: {world.run: []}\n', { clock, ports: { pauses } });
    const ended = world.apply('s');
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(world.trace).toEqual([]);
    await pauses.write('20260101000000000000', new Map([['b', { duration: 2 }]]));
    clock.advance(500);
    for (let half = 0; half < 4; half += 1) {
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(world.trace).toEqual(['a']);
      clock.advance(500);
    }
    await ended;
    expect(world.trace).toEqual(['a', 'b']);
  });

  test('ends when it is cancelled', async () => {
    const cancel = new AbortController();
    const events = { fire: () => Promise.resolve(cancel.abort()) };
    const { told } = await run('a: {world.still: [fire_event: true]}\nb: {world.still: []}\n', {
      ports: { events, signal: cancel.signal },
    });
    expect(told).toEqual(['0 a true: still']);
  });

  test('stops a step that takes longer than its timeout', async () => {
    const clock = createManualClock();
    const world = worldOf('a: {world.hang: [timeout: 5]}\n', { clock });
    const results = world.apply('s');
    while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5000);
    expect(await results).toMatchObject([
      { result: false, comment: 'The state did not finish within 5 seconds and was stopped' },
    ]);
  });

  test('loads anew what steps ask for', async () => {
    const reloaded: string[] = [];
    const reload = (what: string): Promise<void> => Promise.resolve(void reloaded.push(what));
    const text =
      'a: {world.run: [reload_modules: true]}\nb: {world.still: [reload_modules: true]}\nc: {world.still: [reload_grains: true]}\n';
    await worldOf(text, { ports: { reload } }).apply('s');
    expect(reloaded).toEqual(['modules', 'grains']);
  });

  test('calls no state when mocked', async () => {
    const world = worldOf('a: {world.run: [unless: "false"]}\n');
    expect(await world.apply('s', { mock: true })).toMatchObject([{ result: true, comment: 'Not called, mocked' }]);
    expect([world.trace, world.shellLines]).toEqual([[], []]);
  });

  test('leaves out functions that state.disable turned off', async () => {
    const grains = { state_runs_disabled: ['world.r*'] };
    const { told } = await run('a: {world.still: []}\nb: {world.run: []}\n', { grains });
    expect(told).toEqual([
      '0 b false: The state function "world.run" is currently disabled by "world.r*", to re-enable, run state.enable world.r*.',
      '1 a true: still',
    ]);
  });

  test('asks the configuration which states may run', async () => {
    const call = (_name: string, [target]: readonly unknown[]): Promise<boolean> => Promise.resolve(target === 'db*');
    const options = { global_state_conditions: { 'world.run': 'web*', '*': ['db*'], 'world.still': ['no'] } };
    const refusing = { global_state_conditions: { world: ['no'] } };
    expect((await run('a: {world.run: []}\n', { call, options })).told).toEqual(['0 a true: a ran']);
    expect((await run('a: {world.run: []}\n', { call, options: refusing })).told).toEqual([
      '0 a null: Failed to meet global state conditions. State not called.',
    ]);
  });
});

describe('requisites', () => {
  test('that failed stop those that need them, each naming what it needed itself', async () => {
    const { told } = await run(
      'a: {world.fail: []}\nb: {world.run: [require: [world: a]]}\nc: {world.run: [require: [world: b]]}\n',
    );
    expect(told).toEqual([
      '0 a false: failed',
      '1 b false: One or more requisite failed: s.a',
      '2 c false: One or more requisite failed: s.b',
    ]);
  });

  test('that name nothing fail the step and nothing else', async () => {
    const { told } = await run(
      'a: {world.run: [require: [world: x, pkg: y], onchanges: [z]]}\nb: {world.still: []}\n'.replace(
        'world: x, pkg: y',
        '{world: x}, {pkg: y}',
      ),
    );
    const gap = ' '.repeat(19);
    expect(told).toEqual([
      `0 a false: The following requisites were not found:\n${gap}require:\n${gap}    world: x\n${gap}    pkg: y\n${gap}onchanges:\n${gap}    id: z\n`,
      '1 b true: still',
    ]);
  });

  test('onchanges and onfail hold a step back, which then counts as not changed', async () => {
    const text =
      'a: {world.still: []}\nb: {world.run: [onchanges: [world: a]]}\nc: {world.run: [onfail: [world: a]]}\nd: {world.run: [onchanges: [world: b]]}\n';
    const { told, value } = { ...(await run(text)), ...(await worldOf(text).request('sls', ['s'])) };
    expect(told).toEqual([
      '0 a true: still',
      '1 b true: State was not run because none of the onchanges reqs changed',
      '2 c true: State was not run because onfail req did not change',
      '3 d true: State was not run because none of the onchanges reqs changed',
    ]);
    expect(toPlain(value)).toMatchObject({ 'world_|-b_|-b_|-run': { __state_ran__: false } });
  });

  test('watch lets a step that does nothing itself react, once, at the price of a second number', async () => {
    const text =
      'a: {world.run: []}\nb: {world.wait: [watch: [world: a]]}\nc: {world.run: [watch: [world: a]]}\nd: {world.wait: [watch: [world: e]]}\ne: {world.still: []}\n';
    const { told, trace } = await run(text);
    expect(told).toEqual([
      '0 a true: a ran',
      '2 b true: b ran',
      '3 c true: c ran',
      '4 e true: still',
      '5 d true: waits',
    ]);
    expect(trace).toEqual(['a', 'b', 'c']);
    expect((await run(text, { test: true })).told).toEqual([
      '0 a null: a would run',
      '2 b null: b would run',
      '3 c null: c would run',
      '4 e true: still',
      '5 d true: waits',
    ]);
  });

  test('watch counts twice in a dry run where a change is foretold that nobody can describe', async () => {
    const text = 'a: {world.run: []}\nb: {world.order: [watch: [world: a]]}\nc: {world.order: []}\n';
    expect((await run(text)).told).toEqual(['0 a true: a ran', '1 b true: b ran', '2 c true: c ran']);
    expect((await run(text, { test: true })).told).toEqual([
      '0 a null: a would run',
      '2 b null: b would run',
      '3 c null: c would run',
    ]);
  });

  test('watch tells the reaction what fired it', async () => {
    const text =
      'a: {world.run: []}\nb: {world.still: []}\nc: {world.set: [value: 1, watch: [{world: a}, {world: b}]]}\n';
    const world = worldOf(
      text.replace('value: 1, watch', '{value: 1}, {watch').replace('{world: b}]]', '{world: b}]}]'),
      { settings: { c: '1' } },
    );
    expect((await world.apply('s')).at(-1)).toMatchObject({ changes: { reacted: ['a'] } });
  });

  test('prereq runs a step before a target that would change, and not otherwise', async () => {
    const text = 'target: {world.set: [value: 1]}\ndrain: {world.run: [prereq: [world: target]]}\n';
    const changing = await run(text);
    expect(changing.told).toEqual(['0 drain true: drain ran', '1 target true: target was set']);
    expect(changing.trace).toEqual(['drain', 'target=1']);
    const quiet = await run(text, { settings: { target: '1' } });
    expect(quiet.told).toEqual(['0 drain true: No changes detected', '1 target true: target is 1']);
    expect((await run(text, { test: true })).told).toEqual([
      '0 drain null: drain would run',
      '1 target null: target would be set',
    ]);
  });

  test('prereq runs before the look what the target depends on', async () => {
    const text = [
      'drain: {world.run: [prereq: [world: target]]}',
      'target: {world.set: [{name: x}, {value: 1}, {require: [world: base]}]}',
      'base: {world.set: [{name: x}, {value: 1}]}',
    ].join('\n');
    expect((await run(text)).told).toEqual([
      '0 base true: x was set',
      '1 drain true: No changes detected',
      '2 target true: x is 1',
    ]);
  });

  test('prereq of a target that will only react to a watch runs first', async () => {
    const text =
      'a: {world.run: []}\ndrain: {world.run: [prereq: [world: target]]}\ntarget: {world.wait: [watch: [world: a]]}\n';
    expect((await run(text)).trace).toEqual(['a', 'drain', 'target']);
  });

  test('prereq looks at states of which one requires the other', async () => {
    const { told } = await run(
      'drain: {world.run: [prereq: [{world: first}, {world: second}]]}\nfirst: {world.set: [value: 1]}\nsecond: {world.still: [require: [world: first]]}\n',
    );
    expect(told).toEqual(['0 drain true: drain ran', '1 first true: first was set', '2 second true: still']);
  });

  test('a failed prereq leaves its target undone, as it was foretold', async () => {
    const text =
      'target: {world.set: [value: 1]}\ndrain: {world.fail: [prereq: [world: target]]}\nafter: {world.run: [require: [world: target]]}\n';
    const { told, trace } = await run(text);
    expect(told).toEqual(['0 drain false: failed', '1 target null: target would be set', '2 after true: after ran']);
    expect(trace).toEqual(['after']);
  });

  test('prereqs chain', async () => {
    const text =
      'a: {world.run: [prereq: [world: b]]}\nb: {world.wait: [prereq: [world: c]]}\nc: {world.set: [value: 1]}\n';
    expect((await run(text)).told).toEqual(['0 a true: No changes detected', '1 b true: waits', '2 c true: c was set']);
  });

  test('listen lets steps react once, after everything else', async () => {
    const text = [
      'svc: {world.wait: [listen: [{world: a}, {world: b}, {world: quiet}]]}',
      'a: {world.run: []}',
      'b: {world.run: [listen_in: [world: svc]]}',
      'quiet: {world.still: [listen_in: [world: other]]}',
      'other: {world.wait: []}',
    ].join('\n');
    const { told, trace } = await run(text);
    expect(told.slice(-1)).toEqual(['5 listener_svc true: svc ran']);
    expect(trace).toEqual(['a', 'b', 'svc']);
    const { value } = await worldOf(text).request('sls', ['s']);
    expect(Object.keys(toPlain(value) as object).at(-1)).toBe('world_|-listener_svc_|-svc_|-mod_watch');
  });

  test('beacon asks the module of a step for one, after everything else and whatever came of the step', async () => {
    const text = 'a: {world.fail: [beacon: true]}\nb: {world.still: []}\n';
    expect((await run(text)).told).toEqual([
      '0 a false: failed',
      '1 b true: still',
      "2 beacon_a false: State 'world.mod_beacon' was not found in SLS 's'\nReason: 'world.mod_beacon' is not available.\n",
    ]);
  });

  test('listening to nothing, and of a step that cannot react, fails', async () => {
    const text = 'a: {world.run: []}\nb: {world.still: [listen: [{world: a}, {file: ghost}, spirit]]}\n';
    expect((await run(text)).told).toEqual([
      '0 a true: a ran',
      '1 b true: still',
      "2 listener_b false: State 'world.mod_watch' was not found in SLS 's'\nReason: 'world.still' does not react to listen.\n",
      '3 listen_ghost false: Referenced state file: ghost does not exist',
      '4 listen_spirit false: Referenced state spirit does not exist',
    ]);
  });
});

describe('conditions', () => {
  const held = async (args: string, setup: StateWorldSetup = {}): Promise<string> => {
    const [only = ''] = (await run(`a: {world.run: [${args}]}\n`, setup)).told;
    return only.replace('0 a ', '');
  };

  test.each([
    ['unless: "true"', 'true: unless condition is true'],
    ['unless: "false"', 'true: a ran'],
    ['unless: ["true", "false"]', 'true: a ran'],
    ['unless: ["true", "true"]', 'true: unless condition is true'],
    ['unless: []', 'true: a ran'],
    ['onlyif: "true"', 'true: a ran'],
    ['onlyif: ["true", "false"]', 'true: onlyif condition is false'],
    ['{onlyif: "true"}, {unless: "true"}', 'true: onlyif condition is true\nunless condition is true'],
    ['creates: /there', 'true: /there exists'],
    ['creates: [/there, /gone]', 'true: a ran'],
    ['creates: [/there, /there]', 'true: All files in creates exist'],
    ['unless: [{fun: x.yes}]', 'true: unless condition is true'],
    ['onlyif: [{fun: x.no}]', 'true: onlyif condition is false'],
    ['onlyif: [{fun: x.dict, get_return: deep:er}]', 'true: a ran'],
    ['onlyif: [{fun: x.dict, get_return: other}]', 'true: onlyif condition is false'],
    ["onlyif: [{fun: x.dict, get_return: ''}]", 'true: a ran'],
    ['onlyif: false', 'true: onlyif condition is false'],
    ['unless: [7]', 'false: unless: 7 is neither a command nor a dictionary with `fun`'],
    ['onlyif: [{cmd: x}]', "false: onlyif: {'cmd': 'x'} is neither a command nor a dictionary with `fun`"],
  ])('%s gives %s', async (args, told) => {
    const answers = new Map([
      ['x.yes', true],
      ['x.no', 0],
      ['x.dict', toValue({ deep: { er: 1 } })],
    ]);
    const call = (name: string): Promise<ReturnType<typeof toValue>> => Promise.resolve(answers.get(name) ?? null);
    expect(await held(args, { call, paths: ['/there'] })).toBe(told);
  });

  test('are asked under test too, and hold back a watch', async () => {
    const text = 'a: {world.run: []}\nb: {world.wait: [{watch: [world: a]}, {unless: "true"}]}\n';
    expect((await run(text, { test: true })).told).toEqual([
      '0 a null: a would run',
      '1 b true: unless condition is true',
    ]);
    expect((await run(text)).trace).toEqual(['a']);
  });

  test("run in the step's surroundings, but for what is excluded", async () => {
    const args =
      '{unless: "false"}, {cwd: /srv}, {runas: bob}, {env: [{A: 1}]}, {umask: "027"}, {timeout: 5}, {shell: /bin/dash}, {cmd_opts_exclude: cwd}';
    const world = worldOf(`a: {world.run: [${args}]}\n`, { grains: { shell: '/bin/bash' } });
    await world.apply('s');
    expect(world.shellLines).toMatchObject([
      {
        line: 'false',
        options: { runas: 'bob', env: new Map([['A', '1']]), umask: 0o27, timeout: 5, shell: '/bin/dash' },
      },
    ]);
    expect(world.shellLines[0]?.options.cwd).toBeUndefined();
  });
});

describe('check_cmd', () => {
  test('decides about what a state did', async () => {
    const text =
      'good: {world.run: [check_cmd: ["true"]]}\nbad: {world.run: [check_cmd: ["true", "false"]]}\nsaved: {world.fail: [check_cmd: "true"]}\n';
    expect((await run(text)).told).toEqual([
      '0 good true: check_cmd determined the state succeeded',
      '1 bad false: check_cmd determined the state failed',
      '2 saved true: check_cmd determined the state succeeded',
    ]);
  });

  test('does not judge what was only foretold, nor a state that takes it itself', async () => {
    const foretold = await run('a: {world.run: [check_cmd: "false"]}\n', { test: true });
    expect(foretold.told).toEqual(['0 a null: a would run']);
    expect((await run('a: {world.show: [check_cmd: "false"]}\n')).told).toEqual(['0 a true: shown']);
  });
});

describe('retry', () => {
  const text = 'a: {world.run: [{fails: 2}, {retry: {attempts: 5, interval: 10}}]}\n';

  test('calls a failing state again after a pause, until it succeeds', async () => {
    const clock = createManualClock();
    const world = worldOf(text, { clock });
    const results = world.apply('s');
    for (let pause = 0; pause < 2; pause += 1) {
      while (clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      clock.advance(10_000);
    }
    const told = 'Returned a result of "False", with the following comment: "a ran"';
    expect(await results).toMatchObject([
      { result: true, run: 2, comment: `Attempt 1: ${told}\nAttempt 2: ${told}\na ran` },
    ]);
  });

  test('is foretold under test', async () => {
    expect((await run(text, { test: true })).told).toEqual([
      '0 a null: a would run  The state would be retried every 10 seconds (with a splay of up to 0 seconds) a maximum of 5 times or until a result of True is returned',
    ]);
  });
});

describe('parallel steps', () => {
  test('run beside each other, and those that need them wait', async () => {
    const text =
      'a: {world.hang: [{parallel: true}, {timeout: 1}]}\nb: {world.run: [parallel: true]}\nc: {world.run: [onfail: [world: a]]}\n';
    const clock = createManualClock();
    const world = worldOf(text, { clock });
    const answer = world.request('sls', ['s']);
    while (world.trace.length === 0 || clock.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
    const { value } = await answer;
    expect(resultsOf(value).map(({ id, run: number, result }) => [number, id, result])).toEqual([
      [0, 'a', false],
      [1, 'b', true],
      [2, 'c', true],
    ]);
    expect(toPlain(value)).toMatchObject({ 'world_|-b_|-b_|-run': { __parallel__: true } });
    expect(world.trace).toEqual(['b', 'c']);
  });
});

describe('the journal', () => {
  const text =
    'a: {world.run: []}\nb: {world.wait: [watch: [world: a]]}\nc: {world.wait: [listen: [world: a]]}\nd: {world.still: [require: [world: a]]}\n';
  const stillText = text.replace('world.run', 'world.still');

  function journalsOf(
    due: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
  ): RunJournals & { readonly written: unknown[] } {
    const written: unknown[] = [];
    const write = (...words: unknown[]): Promise<void> => Promise.resolve(void written.push(words));
    return {
      written,
      open: async ({ function: fun, test, steps }) => {
        await write('open', fun, test, steps.length);
        return {
          due,
          begin: ({ id }) => write('begin', id),
          changing: ({ id }, followers) => write('changing', id, followers),
          end: ({ id }, { changed }) => write('end', id, changed),
          close: (end) => write('close', end),
        };
      },
    };
  }

  test('learns before each change whom it is to reach, and how each step ended', async () => {
    const journals = journalsOf();
    await worldOf(text, { ports: { journals } }).apply('s');
    expect(journals.written).toEqual([
      ['open', 'state.sls', false, 4],
      ['begin', 'a'],
      ['changing', 'a', ['world_|-b_|-b_|-wait', 'world_|-listener_c_|-c_|-mod_watch']],
      ['end', 'a', true],
      ['begin', 'b'],
      ['changing', 'b', []],
      ['end', 'b', true],
      ['begin', 'c'],
      ['end', 'c', false],
      ['begin', 'd'],
      ['end', 'd', false],
      ['begin', 'listener_c'],
      ['changing', 'listener_c', []],
      ['end', 'listener_c', true],
      ['close', { isComplete: true, settled: [] }],
    ]);
  });

  test('delivers what is due from an interrupted run, and foretells that', async () => {
    const changed = new Set(['world_|-a_|-a_|-still']);
    const due = new Map([
      ['world_|-b_|-b_|-wait', changed],
      ['world_|-listener_c_|-c_|-mod_watch', changed],
    ]);
    const world = worldOf(stillText, { ports: { journals: journalsOf(due) } });
    const foretold = await world.apply('s', { test: true });
    expect(foretold.map(({ id, result }) => [id, result])).toEqual([
      ['a', true],
      ['b', null],
      ['c', true],
      ['d', true],
      ['listener_c', null],
    ]);
    expect(world.trace).toEqual([]);
    await world.apply('s');
    expect(world.trace).toEqual(['b', 'c']);
  });

  test('hears of a run that ends early, and which due followers were settled without running', async () => {
    const early = 'a: {world.fail: [failhard: true]}\nb: {world.wait: [watch: [world: a]]}\n';
    const stopped = journalsOf();
    await worldOf(early, { ports: { journals: stopped } }).apply('s');
    expect(stopped.written.at(-1)).toEqual(['close', { isComplete: false, settled: [] }]);
    const due = new Map([
      ['world_|-b_|-b_|-run', new Set(['x'])],
      ['world_|-c_|-c_|-run', new Set(['x'])],
    ]);
    const settled = journalsOf(due);
    const later =
      'a: {world.fail: []}\nb: {world.run: [require: [world: a]]}\nc: {world.run: [onchanges: [world: d]]}\nd: {world.still: []}\n';
    await worldOf(later, { ports: { journals: settled } }).apply('s');
    expect(settled.written.at(-1)).toEqual(['close', { isComplete: true, settled: ['world_|-c_|-c_|-run'] }]);
  });

  test('is only read under test', async () => {
    const journals = journalsOf();
    await worldOf(text, { ports: { journals } }).apply('s', { test: true });
    expect(journals.written).toEqual([['open', 'state.sls', true, 4]]);
  });
});
