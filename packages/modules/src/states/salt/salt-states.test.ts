import { toPlain, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { bindStateArguments, type MasterFunctionCall, type MinionAnswer, type MinionsCall } from '../../kit/index.ts';
import { stateTable } from '../table.ts';

interface Setup {
  /** What minions answer, by id, to each call in turn; the last again and again. */
  readonly minions?: readonly Readonly<Record<string, Partial<MinionAnswer>>>[];
  readonly master?: (call: MasterFunctionCall) => { readonly value: Value; readonly isSuccess: boolean };
  readonly call?: (name: string, value: Value) => Value;
  readonly fleet?: readonly string[];
  readonly kept?: Map<string, Value>;
}

interface Outcome {
  readonly result: unknown;
  readonly comment: string;
  readonly changes: unknown;
  readonly extra: unknown;
  /** What was asked of minions and of the master. */
  readonly calls: readonly unknown[];
}

/** Looks at a `salt` state and, unless only foretelling, applies it. */
async function perform(name: string, given: Record<string, Plain>, setup: Setup = {}, isDry = false): Promise<Outcome> {
  const declaration = await stateTable[name]?.();
  if (declaration === undefined) throw new Error(`no state ${name}`);
  const calls: unknown[] = [];
  const chunk = toValue({ name: 'step', ...given }) as Dict;
  const { args, unknown } = bindStateArguments(declaration, chunk);
  const host = createFakeHost();
  const kept = setup.kept ?? new Map<string, Value>();
  const outcome = await declaration.check(args, {
    ...(await createStateContext(host, name)),
    unknownArguments: unknown,
    call: async (fun, positional = []) => setup.call?.(fun, positional[0] ?? null) ?? null,
    orchestration: {
      runOnMinions: async (call: MinionsCall, part = '') => {
        const { target, fun, positional, keyword, ...rest } = call;
        const answers = setup.minions?.[Math.min(calls.length, (setup.minions?.length ?? 1) - 1)] ?? {};
        calls.push([part, target.type, target.expression, fun, [...positional], toPlain(keyword), rest]);
        const wanted = Object.entries(answers).filter(
          ([id]) => target.type !== 'list' || target.expression.split(',').includes(id),
        );
        const full = wanted.map(([id, answer]) => [id, { status: 'ok', value: null, retcode: 0, ...answer }] as const);
        return { ...(full.length === 0 ? {} : { jid: '20260101000000000001' }), answers: new Map(full) };
      },
      runOnMaster: async (call) => {
        calls.push([call.kind, call.fun, [...call.positional], toPlain(call.keyword)]);
        return setup.master?.(call) ?? { value: null, isSuccess: true };
      },
      awaitEvents: () => Promise.resolve({ seen: ['a'], isComplete: false, seconds: 1 }),
      resolve: () => Promise.resolve(setup.fleet ?? []),
      keep: (key, value) => Promise.resolve(void kept.set(key, value)),
      kept: (key) => Promise.resolve(kept.get(key)),
      gate: () => Promise.resolve('run'),
    },
  });
  const end = (
    result: unknown,
    { comment, changes, extra }: { comment: string; changes?: unknown; extra?: unknown },
  ) => ({
    ...{ result, comment, calls },
    changes: toPlain(toValue((changes ?? {}) as Plain)),
    extra: extra ?? {},
  });
  if (outcome.kind !== 'change') return end(outcome.kind === 'ok', outcome);
  if (isDry) {
    const foretold = (await outcome.foretell?.()) ?? outcome;
    return foretold.kind === 'change' ? end(null, foretold.pending) : end(foretold.kind === 'ok', foretold);
  }
  const applied = await outcome.apply(host);
  return end(applied.isForetold === true ? null : applied.failed !== true, applied);
}

const changed = { value: toValue({ a: { result: true, changes: { x: 1 } } }) };
const quiet = { value: toValue({ a: { result: true, changes: {} } }) };
const failing = { value: toValue({ a: { result: false, changes: {} } }), status: 'failed', retcode: 2 } as const;

describe('salt.state', () => {
  it('tells which minions changed and which did not', async () => {
    const setup = { minions: [{ web2: quiet, web1: changed }] };
    expect(await perform('salt.state', { tgt: 'web*', sls: ['a', 'b'], pillar: { v: 1 } }, setup)).toEqual({
      result: true,
      comment: 'States ran successfully. Updating web1. No changes made to web2.',
      changes: { out: 'highstate', ret: { web1: { a: { result: true, changes: { x: 1 } } } } },
      extra: { __jid__: '20260101000000000001' },
      calls: [
        [
          '',
          'glob',
          'web*',
          'state.sls',
          ['a,b'],
          { pillar: { v: 1 }, queue: false, concurrent: false },
          { failhard: false },
        ],
      ],
    });
  });

  it.each([
    [{}, false, 'Run failed on minions: web1'],
    [{ allow_fail: 1 }, true, 'States ran successfully. Updating web1. No changes made to web2.'],
    [{ fail_minions: 'web1, web9' }, true, 'States ran successfully. Updating web1. No changes made to web2.'],
  ])('with %j counts failures', async (given, result, comment) => {
    const setup = { minions: [{ web1: failing, web2: quiet }] };
    expect(await perform('salt.state', { tgt: '*', highstate: true, ...given }, setup)).toMatchObject({
      result,
      comment,
    });
  });

  it('expects an answer of each minion unless told otherwise', async () => {
    const setup = { minions: [{ web1: { status: 'expired' as const }, web2: quiet }] };
    expect(await perform('salt.state', { tgt: '*', sls: 'a' }, setup)).toMatchObject({
      result: false,
      comment: 'Run failed on minions: web1',
    });
    expect(await perform('salt.state', { tgt: '*', sls: 'a', expect_minions: false }, setup)).toMatchObject({
      result: true,
      comment: 'States ran successfully. No changes made to web2.',
    });
    expect(await perform('salt.state', { tgt: '*', sls: 'a' })).toMatchObject({
      result: false,
      comment: 'No minions returned',
    });
  });

  it('has the minions foretell in a dry run, whatever it says itself', async () => {
    const setup = { minions: [{ web1: changed }] };
    const { result, calls } = await perform('salt.state', { tgt: '*', sls: 'a', test: false }, setup, true);
    expect(result).toBeNull();
    expect(calls).toMatchObject([['', 'glob', '*', 'state.sls', ['a'], { test: true }, {}]]);
  });

  it('is a dry run of its own with test: True', async () => {
    const setup = { minions: [{ web1: changed }] };
    expect((await perform('salt.state', { tgt: '*', sls: 'a', test: true }, setup)).result).toBeNull();
  });

  it('needs something to apply', async () => {
    expect(await perform('salt.state', { tgt: '*' })).toMatchObject({
      result: false,
      comment: 'No highstate or sls specified, no execution made',
    });
  });

  it('warns of arguments that it does not know and of fail_minions that cannot be read', async () => {
    const given = {
      tgt: '*',
      top: 'other.sls',
      fail_minions: 5,
      nonsense: 1,
      timeout: 3,
      batch: '25%',
      failhard: true,
    };
    const { extra, calls } = await perform('salt.state', given, { minions: [{ web1: quiet }] });
    expect(extra).toMatchObject({
      warnings: [
        "'nonsense' is not an argument of salt.state. Ignored.",
        "'fail_minions' needs to be a list or a comma separated string. Ignored.",
      ],
    });
    expect(calls).toMatchObject([
      ['', 'glob', '*', 'state.top', ['other.sls'], {}, { timeout: 3, batch: '25%', failhard: true }],
    ]);
  });
});

describe('salt.function', () => {
  it('shows what minions answered', async () => {
    const setup = { minions: [{ web2: { value: 2 }, web1: { value: 'x' } }] };
    const given = { name: 'cmd.run', tgt: ['web1', 'web2'], arg: ['a', 1], kwarg: { cwd: '/' }, subset: 2 };
    expect(await perform('salt.function', given, setup)).toMatchObject({
      result: true,
      comment: 'Function ran successfully. Function cmd.run ran on web1, web2.',
      changes: { ret: { web1: 'x', web2: 2 } },
      calls: [['', 'list', 'web1,web2', 'cmd.run', ['a', 1], { cwd: '/' }, { subset: 2 }]],
    });
  });

  it.each([
    [{ value: false }, {}],
    [{ value: 'x', retcode: 1, status: 'failed' as const }, {}],
    [{ value: 'bad' }, { fail_function: 'judge' }],
  ])('fails when a minion answers %j', async (answer, given) => {
    const setup = {
      minions: [{ web1: answer, web2: { value: 'good' } }],
      call: (_: string, value: Value) => value === 'good',
    };
    expect(await perform('salt.function', { name: 'f', tgt: '*', ...given }, setup)).toMatchObject({
      result: false,
      comment: 'Running function f failed on minions: web1 Function f ran on web1, web2.',
    });
  });

  it('does nothing in a dry run', async () => {
    expect(await perform('salt.function', { name: 'f', tgt: '*' }, {}, true)).toEqual({
      ...{ result: null, comment: 'Function f would be executed on target *', changes: {}, extra: {}, calls: [] },
    });
  });
});

describe('salt.runner, salt.wheel and salt.parallel_runners', () => {
  it('hand over what stands beside the name', async () => {
    const master = () => ({ value: 'up', isSuccess: true });
    expect(await perform('salt.runner', { name: 'f', arg: [1], kwarg: { a: 2 }, b: 3 }, { master })).toMatchObject({
      result: true,
      comment: "Runner function 'f' executed.",
      changes: { return: 'up' },
      calls: [['runner', 'f', [1], { a: 2, b: 3 }]],
    });
  });

  it('fail as the function does, or when it answers an Error', async () => {
    const failed = { master: () => ({ value: null, isSuccess: false }) };
    expect(await perform('salt.wheel', { name: 'f' }, failed)).toMatchObject({
      result: false,
      comment: "Wheel function 'f' failed.",
    });
    const error = { master: () => ({ value: toValue({ Error: 'no' }), isSuccess: true }) };
    expect(await perform('salt.runner', { name: 'f' }, error)).toMatchObject({ result: false });
  });

  it('take the changes out of orchestrations', async () => {
    const answer = {
      data: { m: { a: { changes: { out: 'highstate', ret: { web1: { x: 1 } } } }, b: { changes: {} } } },
    };
    const master = () => ({ value: toValue({ ...answer, outputter: 'highstate' }), isSuccess: true });
    const runners = { one: [{ name: 'state.orch' }, { kwarg: { mods: 'a' } }], 'state.sls': null };
    expect(await perform('salt.parallel_runners', { runners }, { master })).toMatchObject({
      result: true,
      comment: 'All runner functions executed successfully.',
      changes: { one: { m: { a: { web1: { x: 1 } } } }, 'state.sls': { m: { a: { web1: { x: 1 } } } } },
      calls: [
        ['runner', 'state.orch', [], { mods: 'a' }],
        ['runner', 'state.sls', [], {}],
      ],
    });
  });

  it('name the runners that failed', async () => {
    const master = ({ fun }: MasterFunctionCall) => ({ value: fun, isSuccess: fun === 'good' });
    const runners = { good: null, bad: null, worse: null };
    expect(await perform('salt.parallel_runners', { runners }, { master })).toMatchObject({
      result: false,
      comment: 'Runners bad, worse failed.',
      changes: { ret: { good: 'good', bad: 'bad', worse: 'worse' } },
    });
  });
});

it('salt.wait_for_event fails with what it saw when the time is over', async () => {
  expect(await perform('salt.wait_for_event', { id_list: ['a', 'b'] })).toMatchObject({
    ...{ result: false, comment: 'Timeout value reached.', changes: { minions_seen: ['a'] } },
  });
});

/** The part and the target of each call. */
function targetsOf(calls: readonly unknown[]): readonly string[] {
  return calls.map((call) => {
    const [part, , target] = call as readonly string[];
    return `${part}: ${target}`;
  });
}

describe('salt.rollout', () => {
  const fleet = ['web1', 'web2', 'web3', 'web4'];
  const all = (answer: Partial<MinionAnswer>) => Object.fromEntries(fleet.map((id) => [id, answer]));
  const given = { tgt: 'web*', sls: 'release', canary: 1, waves: [2] };

  it('goes over all minions wave by wave', async () => {
    const { comment, calls, result } = await perform('salt.rollout', given, { fleet, minions: [all(changed)] });
    expect([result, comment]).toEqual([true, 'Rolled out to 4 of 4 minions in 3 waves.']);
    expect(calls[0]).toEqual(['wave-1', 'list', 'web1', 'state.sls', ['release'], { queue: true }, {}]);
    expect(targetsOf(calls)).toEqual(['wave-1: web1', 'wave-2: web2,web3', 'wave-3: web4']);
  });

  it('stops when more minions fail than the budget has', async () => {
    const minions = [all(changed), all(failing)];
    expect(await perform('salt.rollout', { ...given, max_failures: 1 }, { fleet, minions })).toMatchObject({
      result: false,
      comment:
        'Stopped after wave 2 of 3: 2 failed, and the failure budget is 1. Failed: web2 (state.sls failed), web3 (state.sls failed). Not reached: web4.',
    });
    expect(await perform('salt.rollout', { ...given, max_failures: '75%' }, { fleet, minions })).toMatchObject({
      result: true,
      comment:
        'Rolled out to 1 of 4 minions in 3 waves. Failed: web2 (state.sls failed), web3 (state.sls failed), web4 (state.sls failed).',
    });
  });

  it('asks good minions for their health, again if need be, and stops when they are not well', async () => {
    const check = { function: 'http.query', arg: ['u'], expect: 'well', attempts: 2, interval: 0 };
    const minions = [all(changed), all({ value: 'ill' }), all({ value: 'well' }), all(changed), all({ value: 'ill' })];
    const { comment, calls } = await perform('salt.rollout', { ...given, check }, { fleet, minions });
    expect(comment).toContain('Stopped after wave 2 of 3: 2 failed');
    expect(comment).toContain('web2 (http.query failed), web3 (http.query failed). Not reached: web4.');
    expect(calls.map((call) => (call as unknown[])[0])).toEqual(
      'wave-1 check-1-1 check-1-2 wave-2 check-2-1 check-2-2'.split(' '),
    );
  });

  it('keeps to the minions that it began with', async () => {
    const kept = new Map<string, Value>([['waves', [['web1'], ['web2']]]]);
    const { calls } = await perform('salt.rollout', given, { fleet, kept, minions: [all(quiet)] });
    expect(targetsOf(calls)).toEqual(['wave-1: web1', 'wave-2: web2']);
    expect(toPlain(kept.get('rollout') ?? null)).toMatchObject({ state: 'done', good: ['web1', 'web2'] });
  });

  it('only foretells in a dry run', async () => {
    const { result, comment, calls } = await perform('salt.rollout', given, { fleet, minions: [all(changed)] }, true);
    expect([result, comment]).toEqual([
      null,
      'state.sls would go over 4 minions in waves of 1, 2, 1. States ran successfully. Updating web1, web2, web3, web4.',
    ]);
    expect(calls).toEqual([['foretell', 'glob', 'web*', 'state.sls', ['release'], { queue: true, test: true }, {}]]);
  });

  it.each([
    [{ sls: 'a', highstate: true }, 'needs one of'],
    [{ function: 'f', check: { fun: 'x' } }, "does not know 'fun'"],
    [{ function: 'f', check: { function: 'x', attempts: 0 } }, "takes a number of 'attempts'"],
    [{ function: 'f', max_failures: 'x' }, 'is no failure budget'],
    [{ function: 'f', canary: 'x' }, 'is no size of a wave'],
  ])('refuses %j', async (wrong, reason) => {
    const told = await perform('salt.rollout', { tgt: '*', ...wrong }, { fleet }).then(
      ({ comment }) => comment,
      (error: unknown) => String(error),
    );
    expect(told).toContain(reason);
  });
});
