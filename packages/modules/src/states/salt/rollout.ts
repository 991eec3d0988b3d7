import { pythonStr, type Applied, type Dict, type ForetoldOutcome, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  dictOrList,
  dict,
  either,
  fails,
  flag,
  integer,
  number,
  optional,
  text,
  textList,
  valueList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import type { OrchestrationPort } from '../../kit/orchestration.ts';
import { minionsArguments, targetOf } from '../../providers/orchestration/minions-arguments.ts';
import { notHere } from '../../providers/orchestration/not-here.ts';
import { budgetOf, planWaves } from '../../providers/orchestration/rollout-plan.ts';
import { readCheck, runRollout, type Rollout } from '../../providers/orchestration/run-rollout.ts';
import { judgeStates } from '../../providers/orchestration/states-on-minions.ts';

const { tgt, tgt_type, timeout } = minionsArguments;
const size = () => either(integer(), text());

const args = z.object({
  name: text().describe('Any name.'),
  tgt,
  tgt_type,
  highstate: optional(flag()).describe('Apply the highstate.'),
  sls: optional(textList()).describe('The state files to apply.'),
  function: optional(text()).describe('A function to run in their place.'),
  arg: withDefault(valueList(), []).describe('Its positional arguments.'),
  kwarg: withDefault(dict(), new Map<Value, Value>()).describe('Its arguments by name.'),
  saltenv: optional(text()).describe('The environment of the files.'),
  pillar: optional(dict()).describe('Pillar merged over that of the minions.'),
  pillarenv: optional(text()).describe('The only pillar environment to use.'),
  exclude: optional(anyValue()).describe('Files or ids to leave out.'),
  queue: withDefault(flag(), true).describe('Wait behind other state runs on the minions.'),
  canary: withDefault(either(size(), textList()), 1).describe(
    'The first wave: a number of minions, a share, or a list of ids; 0 for none.',
  ),
  waves: withDefault(valueList(), ['25%']).describe(
    'The sizes of the waves after it, in numbers or shares of all minions. The last is repeated until all are reached.',
  ),
  check: optional(dictOrList()).describe(
    'Asked of the minions of a wave before the next: `function`, `arg`, `kwarg`, `expect`, `attempts`, `interval`.',
  ),
  max_failures: withDefault(size(), 0).describe('How many minions, or what share of all, may fail before it stops.'),
  wait: withDefault(number(), 0).describe('Seconds between two waves.'),
  timeout,
});

type Args = z.infer<typeof args>;

/** `salt.rollout` */
export const rollout = defineState({
  name: 'salt.rollout',
  summary: 'Applies states or runs a function on minions wave by wave, and stops when too many fail.',
  args,
  examples: [
    `new release:
  salt.rollout:
    - tgt: 'web*'
    - sls: release
    - canary: 1
    - waves: [10%, 30%]
    - max_failures: 2
    - check:
        function: cmd.run
        arg: ['curl -fsS http://localhost/health']
        attempts: 5`,
  ],
  notIdempotent: 'what there is to do is known on the minions',
  async check(given, { orchestration, signal }) {
    if (orchestration === undefined) return notHere();
    const plan = toRollout(given);
    if (plan === undefined) return fails('A rollout needs one of highstate, sls and function');
    const target = await orchestration.resolve(plan.target);
    const waves = planWaves(target, plan);
    budgetOf(plan.budget, target.length);
    const sizes = waves.map((wave) => wave.length).join(', ');
    const pending = { comment: `${plan.fun} would go over ${target.length} minions in waves of ${sizes}`, changes: {} };
    return {
      ...willChange(pending, (): Promise<Applied> => runRollout(plan, { orchestration, sleep: sleeperOf(signal) })),
      foretell: async () =>
        plan.appliesStates ? foretell(plan, pending.comment, orchestration) : { kind: 'change', pending },
    };
  },
});

async function foretell(plan: Rollout, planned: string, orchestration: OrchestrationPort): Promise<ForetoldOutcome> {
  const keyword: Dict = new Map([...plan.keyword, ['test', true]]);
  const { target, fun, positional } = plan;
  const answer = await orchestration.runOnMinions({ target, fun, positional, keyword }, 'foretell');
  const verdict = judgeStates(answer, { expectsMinions: true, mayFail: new Set(), allowFail: 0 });
  const comment = `${planned}. ${verdict.comment}`;
  const { changes } = verdict;
  if (!verdict.isGood) return { kind: 'fail', comment, changes };
  return { kind: 'change', pending: { comment, changes } };
}

function toRollout(given: Args): Rollout | undefined {
  const function_ = functionOf(given);
  if (function_ === undefined) return undefined;
  return {
    ...function_,
    target: targetOf(given),
    ...{ canary: given.canary, waves: given.waves.map((wave) => (typeof wave === 'number' ? wave : pythonStr(wave))) },
    check: readCheck(given.check),
    ...{ budget: given.max_failures, wait: given.wait, timeout: given.timeout },
  };
}

function functionOf(given: Args): Pick<Rollout, 'fun' | 'positional' | 'keyword' | 'appliesStates'> | undefined {
  const { highstate, sls, function: fun, arg, kwarg } = given;
  const wishes = [highstate === true, sls !== undefined && sls.length > 0, fun !== undefined];
  if (wishes.filter(Boolean).length !== 1) return undefined;
  if (fun !== undefined) {
    return { fun, positional: arg, keyword: kwarg, appliesStates: isStateFunction(fun) };
  }
  const keyword: Dict = new Map();
  for (const key of ['saltenv', 'pillar', 'pillarenv', 'exclude', 'queue'] as const) {
    const value: Plain = given[key];
    if (value !== undefined) keyword.set(key, value as Value);
  }
  if (highstate === true) return { fun: 'state.highstate', positional: [], keyword, appliesStates: true };
  return { fun: 'state.sls', positional: [(sls ?? []).join(',')], keyword, appliesStates: true };
}

function isStateFunction(fun: string): boolean {
  return ['state.apply', 'state.highstate', 'state.sls', 'state.top', 'state.single', 'state.sls_id'].includes(fun);
}

function sleeperOf(signal: AbortSignal): (seconds: number) => Promise<void> {
  return (seconds) =>
    new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, seconds * 1000);
      signal.addEventListener('abort', wake);
    });
}
