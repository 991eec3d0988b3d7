import { pythonStr, silentLogger, toPlain, toValue, type Value, type StateAnswer } from '@brine/common';
import { createStateWorld, type StateWorld, type StateWorldSetup } from '@brine/testkit';
import { describe, expect, test } from 'vitest';
import type { StateLockHolder } from './state-lock.ts';
import type { PillarAnswer, PillarRequest } from './state-run-ports.ts';

const tree = {
  'base/top.sls': "base:\n  '*':\n    - web\n    - db\n",
  'base/web.sls': 'nginx: {world.run: [require: [world: key]]}\nkey: {world.set: [value: 1]}\n',
  'base/db.sls': 'mysql: {world.still: []}\n',
  'base/bad.sls': 'x:\n  world.run:\n',
  'dev/web.sls': 'nginx_dev: {world.still: []}\n',
};

function worldOf(setup: StateWorldSetup = {}): StateWorld {
  return createStateWorld({ files: tree, ...setup });
}

/** Tag (shortened to the id) → result, and the retcode. */
function told({ value, retcode }: StateAnswer): unknown {
  const plain = toPlain(value) as Record<string, { result: unknown }>;
  if (Array.isArray(plain) || typeof plain !== 'object') return [plain, retcode];
  const results = Object.entries(plain).map(([tag, answer]) => `${tag.split('_|-')[1] ?? ''} ${String(answer.result)}`);
  return [results, retcode];
}

function firstLines(value: Value): unknown[] {
  return Array.isArray(value) ? value.map((text) => pythonStr(text).split('\n', 1)[0]) : [value];
}

describe('state.apply', () => {
  test('without names is the highstate, with names those files', async () => {
    expect(told(await worldOf().request('apply'))).toEqual([['key true', 'nginx true', 'mysql true'], 0]);
    expect(told(await worldOf().request('apply', ['db,web']))).toEqual([['mysql true', 'key true', 'nginx true'], 0]);
    expect(told(await worldOf().request('apply', [], { mods: ['db'] }))).toEqual([['mysql true'], 0]);
  });

  test('takes test from the call, then from the configuration', async () => {
    const options = { test: true };
    expect(told(await worldOf({ options }).request('apply', ['web']))).toEqual([['key null', 'nginx null'], 0]);
    expect(told(await worldOf({ options }).request('apply', ['web'], { test: false }))).toEqual([
      ['key true', 'nginx true'],
      0,
    ]);
    expect(told(await worldOf().request('apply', ['web'], { Test: true }))).toEqual([['key null', 'nginx null'], 0]);
  });

  test('leaves out what exclude lists, and keeps what whitelist lists', async () => {
    expect(told(await worldOf().request('apply', [], { exclude: 'web' }))).toEqual([['mysql true'], 0]);
    expect(told(await worldOf().request('apply', [], { exclude: [{ id: 'mysql' }, 'web*'] }))).toEqual([[], 2]);
    expect(told(await worldOf().request('highstate', [], { whitelist: 'db' }))).toEqual([['mysql true'], 0]);
    const nothing = (await worldOf().request('highstate', [], { whitelist: 'x' })).value;
    expect(Object.values(toPlain(nothing) as object)).toMatchObject([{ comment: 'No states found for this minion' }]);
  });

  test('syncs the modules that sync_mods names first, also for the highstate', async () => {
    const synced: unknown[] = [];
    const world = worldOf({
      ports: {
        syncModules: (kinds, saltenv) => Promise.resolve(void synced.push([kinds, saltenv, [...world.trace]])),
      },
    });
    await world.request('apply', [], { sync_mods: 'states,modules' });
    await world.request('apply', ['db'], { sync_mods: true, saltenv: 'base' });
    await world.request('highstate', [], { sync_mods: ['all', 'states'] });
    expect(synced.map((told) => (told as unknown[]).slice(0, 2))).toEqual([
      [['states', 'modules'], 'base'],
      [['all'], 'base'],
      [['all'], 'base'],
    ]);
    expect((synced[0] as unknown[])[2]).toEqual([]);
  });

  test('takes files from the environment that saltenv names', async () => {
    expect(told(await worldOf().request('apply', ['web'], { saltenv: 'dev' }))).toEqual([['nginx_dev true'], 0]);
  });

  test('returns errors that do not compile as texts', async () => {
    const { value, retcode } = await worldOf().request('apply', ['bad,ghost']);
    expect([firstLines(value), retcode]).toEqual([
      [
        "bad.sls:2:3: error: ID 'x' in SLS 'bad' contains a short declaration (world.run) with a trailing colon. When not passing any arguments to a state, the colon must be omitted.",
        "No matching sls found for 'ghost' in env 'base'",
      ],
      1,
    ]);
  });

  test('returns errors of pillar as texts, and runs nothing', async () => {
    const problem = { severity: 'error', code: 'pillar-render', summary: 'no' } as const;
    const pillar = (): Promise<PillarAnswer> => Promise.resolve({ pillar: new Map(), problems: [problem] });
    const world = worldOf({ ports: { pillar } });
    expect(await world.request('apply', ['web'])).toEqual({
      value: ['Pillar failed to render with the following messages:', 'no'],
      retcode: 5,
    });
    expect(world.trace).toEqual([]);
  });

  test('decrypts the pillar of the command line by the renderer that pillar_enc names', async () => {
    const asked: unknown[] = [];
    const ports = {
      pillar: (wanted: PillarRequest): Promise<PillarAnswer> => {
        asked.push(toPlain(wanted.override ?? null));
        return Promise.resolve({ pillar: new Map(), problems: [] });
      },
      decryptPillar: (value: Value, name: string): Promise<Value> => {
        asked.push([toPlain(value), name]);
        return Promise.resolve(toValue({ key: 'open' }));
      },
    };
    const world = createStateWorld({ files: { 'base/s.sls': 'a: {world.still: []}\n' }, ports });
    await world.request('apply', ['s'], { pillar: { key: 'sealed' }, pillar_enc: 'GPG' });
    expect(asked).toEqual([[{ key: 'sealed' }, 'gpg'], { key: 'open' }]);
    const without = createStateWorld({ files: { 'base/s.sls': 'a: {world.still: []}\n' } });
    await expect(without.request('apply', ['s'], { pillar: { key: 'x' }, pillar_enc: 'gpg' })).rejects.toThrow(
      'pillar_enc is not available here',
    );
  });

  test('asks for the pillar that the call describes', async () => {
    const asked: unknown[] = [];
    const pillar = (request: PillarRequest): Promise<PillarAnswer> => {
      asked.push(request);
      return Promise.resolve({ pillar: new Map(), problems: [] });
    };
    const text = 'a: {world.still: [reload_pillar: true]}\n';
    const world = createStateWorld({ files: { 'base/s.sls': text }, ports: { pillar } });
    await world.request('apply', ['s'], { pillarenv: 'qa', pillar: { a: 1 } });
    const request = { pillarenv: 'qa', override: new Map([['a', 1]]) };
    expect(asked).toEqual([request, { ...request, refresh: true }]);
  });

  test('returns only what failed or changed when terse', async () => {
    expect(told(await worldOf().request('apply', [], { terse: true }))).toEqual([['key true', 'nginx true'], 0]);
  });

  test('refuses files that state.disable turned off', async () => {
    const grains = { state_runs_disabled: ['web', 'db.*'] };
    expect(await worldOf({ grains }).request('apply', ['web'])).toEqual({
      value: ['The state file "web" is currently disabled, to re-enable, run state.enable web.'],
      retcode: 1,
    });
    const disabled = worldOf({ grains: { state_runs_disabled: ['highstate'] } });
    expect(toPlain((await disabled.request('apply')).value)).toMatchObject({ result: 'False', comment: 'Disabled' });
  });
});

describe('the highstate', () => {
  test.each([
    ['without a top file', {}],
    ['without a match', { 'base/top.sls': 'base:\n  other:\n    - web\n' }],
  ])('%s fails with one result that says so', async (_title, files) => {
    const { value, retcode } = await createStateWorld({ files }).request('highstate');
    expect([toPlain(value), retcode]).toEqual([
      {
        'no_|-states_|-states_|-None': {
          result: false,
          comment: 'No Top file or master_tops data matches found. Please see master log for details.',
          name: 'No States',
          changes: {},
          __run_num__: 0,
        },
      },
      2,
    ]);
  });

  test('of files without states fails with one result that says so', async () => {
    const files = { 'base/top.sls': "base:\n  '*':\n    - empty\n", 'base/empty.sls': '' };
    const { value } = await createStateWorld({ files }).request('highstate');
    expect(toPlain(value)).toMatchObject({
      'no_|-states_|-states_|-None': { comment: 'No states found for this minion' },
    });
  });

  test('of another top file is state.top', async () => {
    const files = { ...tree, 'base/other.sls': "base:\n  '*':\n    - db\n" };
    expect(told(await createStateWorld({ files }).request('top', ['other.sls']))).toEqual([['mysql true'], 0]);
  });

  test('names the place in the top file of a file that is missing', async () => {
    const files = { 'base/top.sls': "base:\n  '*':\n    - ghost\n" };
    const { value } = await createStateWorld({ files }).request('highstate');
    expect(firstLines(value)).toEqual(["top.sls:3:7: error: No matching sls found for 'ghost' in env 'base'"]);
  });
});

describe('the retcode', () => {
  const retcodeOf = async (text: string): Promise<number> =>
    (await createStateWorld({ files: { 'base/s.sls': text } }).request('apply', ['s'])).retcode;

  test('is 2 when a state failed or there is none', async () => {
    expect(await retcodeOf('a: {world.fail: []}\n')).toBe(2);
    expect(await retcodeOf('')).toBe(2);
  });

  test('is 0 when a failure was handled by an onfail with onfail_stop off', async () => {
    const handler = (fun: string): string =>
      `a: {world.fail: []}\nb: {world.${fun}: [{onfail: [world: a]}, {onfail_stop: false}]}\n`;
    expect(await retcodeOf(handler('run'))).toBe(0);
    expect(await retcodeOf(handler('fail'))).toBe(2);
    expect(await retcodeOf('a: {world.fail: []}\nb: {world.run: [onfail: [world: a]]}\n')).toBe(2);
  });
});

describe('single states', () => {
  test('run by function, name and arguments', async () => {
    const world = worldOf();
    expect(told(await world.request('single', ['world.set', 'x'], { value: 5 }))).toEqual([['x true'], 0]);
    expect(world.settings.get('x')).toBe('5');
    expect((await world.request('single', ['set', 'x'])).retcode).toBe(1);
  });

  test('run as a low chunk, answering its return alone', async () => {
    const { value } = await worldOf().request('low', [{ state: 'world', fun: 'set', name: 'x', value: 5 }]);
    expect(toPlain(value)).toMatchObject({ name: 'x', result: true, __id__: 'x', __sls__: null });
    expect((await worldOf().request('low', [{ state: 'world' }])).value).toEqual([
      'Missing "fun" data',
      'Missing "name" data',
    ]);
  });

  test('have no requisites, but conditions', async () => {
    const chunk = { state: 'world', fun: 'run', name: 'x', require: [{ world: 'y' }], onchanges: ['z'], listen: ['q'] };
    expect(toPlain((await worldOf().request('low', [chunk])).value)).toMatchObject({ result: true, comment: 'x ran' });
    expect(told(await worldOf().request('single', ['world.run', 'x'], { require: ['y'] }))).toEqual([['x true'], 0]);
    const held = await worldOf().request('single', ['world.run', 'x'], { unless: 'true' });
    expect(Object.values(toPlain(held.value) as object)).toMatchObject([{ comment: 'unless condition is true' }]);
  });

  test('that cannot be called are told as texts', async () => {
    const world = worldOf();
    expect(await world.request('single', ['world.rum', 'x'])).toEqual({
      value: ["Specified state 'world.rum' was not found. Did you mean 'world.run'?"],
      retcode: 1,
    });
    const chunk = { state: 'world', fun: 'run', name: 5, umask: 'x' };
    expect(await world.request('low', [chunk])).toEqual({
      value: ["ID '5' is not formed as a string, but is a int", 'Invalid umask: x'],
      retcode: 1,
    });
    expect(await world.request('low', [{ state: 'world', fun: 'rum', name: 'x', __sls__: 's' }])).toEqual({
      value: [
        "State 'world.rum' was not found in SLS 's'",
        "Reason: 'world.rum' is not available. Did you mean 'world.run'?",
      ],
      retcode: 1,
    });
    expect((await world.request('single', ['world.run', 5], { state: 'x' })).value).toEqual([
      "ID '5' is not formed as a string, but is a int",
    ]);
    expect(world.trace).toEqual([]);
  });

  test('run out of a file by id, with what they depend on', async () => {
    expect(told(await worldOf().request('sls_id', ['nginx', 'web']))).toEqual([['key true', 'nginx true'], 0]);
    await expect(worldOf().request('sls_id', ['ghost', 'web'])).rejects.toThrow(
      "No matches for ID 'ghost' found in SLS 'web' within saltenv 'base'",
    );
  });

  test('run as high data, as text, and out of a file of this machine', async () => {
    const high = { b: { world: ['still', { require: [{ world: 'a' }] }] }, a: { 'world.still': [] } };
    expect(told(await worldOf().request('high', [high]))).toEqual([['a true', 'b true'], 0]);
    const shown = { ...high, __exclude__: [{ id: 'a' }], __extend__: [{ b: { world: [{ require: [] }, 'run'] } }] };
    expect(told(await worldOf().request('high', [shown]))).toEqual([['b false'], 2]);
    expect(told(await worldOf().request('template_str', ['a: {world.still: []}\n']))).toEqual([['a true'], 0]);
    expect(firstLines((await worldOf().request('template_str', ['include: [x]\n'])).value)).toEqual([
      "<template-str>:1:1: error: The 'include' declaration found on '<template-str>' is invalid when rendering single templates",
    ]);
    const readLocalFile = (path: string): Promise<string | undefined> =>
      Promise.resolve(path === '/tmp/x.sls' ? 'include: [db]\na: {world.still: []}\n' : undefined);
    const world = worldOf({ ports: { readLocalFile } });
    expect(told(await world.request('template', ['/tmp/x']))).toEqual([['mysql true', 'a true'], 0]);
    expect((await world.request('template', ['/tmp/y'])).value).toEqual([
      'Specified SLS /tmp/y.sls on local filesystem cannot be found.',
    ]);
  });
});

describe('what only shows', () => {
  const shown = async (...request: Parameters<StateWorld['request']>): Promise<unknown> =>
    toPlain((await worldOf().request(...request)).value);

  test('shows top files, files and ids', async () => {
    expect(await shown('show_top')).toEqual({ base: ['web', 'db'] });
    expect(await shown('show_states')).toEqual(['web', 'db']);
    expect(await shown('show_states', [], { sorted: false })).toEqual(['web', 'db']);
    expect(await shown('sls_exists', ['web,db'])).toBe(true);
    expect(await shown('sls_exists', ['ghost'])).toBe(false);
    expect((await worldOf().request('sls_exists', ['ghost'])).retcode).toBe(1);
    expect(await shown('id_exists', ['nginx,key', 'web'])).toBe(true);
    expect(await shown('id_exists', [['nginx', 'mysql'], 'web'])).toBe(false);
    expect(await shown('show_state_usage')).toEqual({
      base: { used: ['db', 'web'], unused: ['bad', 'top'], count_all: 4, count_used: 2, count_unused: 2 },
      dev: { used: [], unused: ['web'], count_all: 1, count_used: 0, count_unused: 1 },
    });
  });

  test('shows high and low data, of the highstate and of named files', async () => {
    const key = {
      state: 'world',
      name: 'key',
      __sls__: 'web',
      __env__: 'base',
      __id__: 'key',
      value: 1,
      order: 10_001,
      fun: 'set',
    };
    expect(await shown('show_lowstate')).toMatchObject([{ name: 'nginx' }, key, { name: 'mysql' }]);
    expect(await shown('show_low_sls', ['web'])).toMatchObject([{ name: 'nginx' }, key]);
    const high = { world: [{ value: 1 }, 'set', { order: 10_001 }], __sls__: 'web', __env__: 'base' };
    expect(await shown('show_highstate')).toMatchObject({ key: high });
    expect(await shown('show_sls', ['web'])).toMatchObject({ key: high });
  });

  test('shows ids that begin with two underscores, which never run', async () => {
    const world = worldOf({ files: { 'base/s.sls': '__a: {world.run: []}\nb: {world.run: []}\n__extend__: {}\n' } });
    const { value } = await world.request('show_sls', ['s']);
    const body = (order: number): object => ({ world: ['run', { order }], __sls__: 's', __env__: 'base' });
    expect(toPlain(value)).toEqual({ __a: body(10_000), b: body(10_001) });
    expect(told(await world.request('apply', ['s']))).toEqual([['b true'], 0]);
  });

  test('leaves requisites out that are written beside the states', async () => {
    const world = worldOf({ files: { 'base/s.sls': 'a: {require: [{world: b}], world.run: []}\n' } });
    expect(toPlain((await world.request('show_low_sls', ['s'])).value)).toMatchObject([{ state: 'world', fun: 'run' }]);
    expect(told(await world.request('apply', ['s']))).toEqual([['a false', 'a true'], 2]);
  });

  test('needs no lock', async () => {
    const acquire = (): never => {
      throw new Error('asked for the lock');
    };
    const world = worldOf({ ports: { lock: { acquire, holders: () => Promise.resolve([]) } } });
    expect((await world.request('show_top')).retcode).toBe(0);
  });
});

describe('the lock', () => {
  const holder: StateLockHolder = {
    function: 'state.apply',
    pid: 7,
    startedAt: '2026, Jan 01 00:00:00.000000',
    jid: '1',
  };
  const line =
    'The function "state.apply" is running as PID 7 and was started at 2026, Jan 01 00:00:00.000000 with jid 1';

  test('refuses a run while another one has it, and names that one', async () => {
    const lock = { acquire: () => Promise.resolve({ holders: [holder] }), holders: () => Promise.resolve([holder]) };
    const world = worldOf({ ports: { lock } });
    expect(await world.request('apply')).toEqual({ value: [line], retcode: 1 });
    expect(await world.request('running')).toEqual({ value: [line], retcode: 0 });
    expect(told(await world.request('apply', ['db'], { concurrent: true }))).toEqual([['mysql true'], 0]);
  });

  test('is asked to wait as the call or the configuration says, and is given back', async () => {
    const asked: unknown[] = [];
    const acquire = ({
      function: name,
      queue,
    }: {
      function: string;
      queue: boolean | number;
    }): Promise<{ release: () => Promise<void> }> => {
      asked.push([name, queue]);
      return Promise.resolve({ release: () => Promise.resolve(void asked.push('released')) });
    };
    const lock = { acquire, holders: () => Promise.resolve([]) };
    await worldOf({ ports: { lock }, options: { state_queue: true } }).request('sls', ['db']);
    await worldOf({ ports: { lock } }).request('sls', ['db'], { queue: 3 });
    await worldOf({ ports: { lock } }).request('sls', ['ghost']);
    expect(asked).toEqual([
      ['state.sls', true],
      'released',
      ['state.sls', 3],
      'released',
      ['state.sls', false],
      'released',
    ]);
  });
});

describe('arguments', () => {
  test.each<[Parameters<StateWorld['request']>, string]>([
    [['apply', ['web'], { tset: true }], "state.apply got an unexpected argument 'tset'; did you mean 'test'?"],
    [
      ['apply', ['web'], { force: true }],
      "state.apply does not take 'force': states never run with a pillar that failed to compile",
    ],
    [['apply', ['web'], { mods: 'db' }], "state.apply got multiple values for argument 'mods'"],
    [['apply', ['web', 'db'], {}], 'state.apply takes at most 1 positional arguments'],
    [['running', [], { colour: 1 }], "state.running got an unexpected argument 'colour'"],
    [['sls_id', ['x'], {}], "Passed invalid arguments to state.sls_id: missing 1 required positional argument: 'mods'"],
    [['apply', ['web'], { test: 'maybe' }], "test must be True or False, not 'maybe'"],
    [['apply', ['web'], { pillar: [1] }], 'Pillar data must be formatted as a dictionary'],
    [['apply', ['web'], { localconfig: '/x' }], 'localconfig is not available here'],
    [['sls', ['web'], { sync_mods: true }], 'sync_mods is not available here'],
  ])('%j are refused', async (request, message) => {
    const world = worldOf();
    await expect(world.request(...request)).rejects.toMatchObject({ code: 'state-argument', message });
    expect(world.trace).toEqual([]);
  });

  test('that are unknown and like no other are left out, as in Salt', async () => {
    const said: unknown[] = [];
    const world = worldOf({
      ports: { log: { ...silentLogger, warn: (message, data) => void said.push([message, data]) } },
    });
    expect(await world.request('show_sls', ['web'], { colour: 1 })).toEqual(
      await worldOf().request('show_sls', ['web']),
    );
    expect(said).toEqual([['left out an unknown argument', { function: 'state.show_sls', name: 'colour' }]]);
  });

  test('of a locked environment are refused', async () => {
    const world = worldOf({ options: { lock_saltenv: true, saltenv: 'base' } });
    await expect(world.request('apply', ['web'], { saltenv: 'dev' })).rejects.toThrow('lock_saltenv is enabled');
  });
});
