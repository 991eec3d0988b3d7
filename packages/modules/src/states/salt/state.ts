import { pythonStr, type Applied, type Dict, type ForetoldOutcome, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  dict,
  fails,
  flag,
  integer,
  optional,
  text,
  textList,
  willChange,
  withDefault,
  either,
} from '../../kit/index.ts';
import type { OrchestrationPort } from '../../kit/orchestration.ts';
import {
  minionsArguments,
  readFailMinions,
  toMinionsCall,
  warnOfUnknown,
} from '../../providers/orchestration/minions-arguments.ts';
import { notHere } from '../../providers/orchestration/not-here.ts';
import { judgeStates, type StatesTerms, type StatesVerdict } from '../../providers/orchestration/states-on-minions.ts';

const { tgt, ...shared } = minionsArguments;

const args = z.object({
  name: text().describe('Any name.'),
  tgt,
  ...shared,
  highstate: optional(flag()).describe('Apply the highstate.'),
  sls: optional(textList()).describe('The state files to apply.'),
  top: optional(text()).describe('Apply this top file in the place of the highstate.'),
  saltenv: optional(text()).describe('The environment of the files.'),
  test: optional(flag()).describe('Make it a dry run on the minions. An orchestration with `test=True` is one anyway.'),
  pillar: optional(dict()).describe('Pillar merged over that of the minions.'),
  pillarenv: optional(text()).describe('The only pillar environment to use.'),
  expect_minions: withDefault(flag(), true).describe('Minions that do not answer count as failed.'),
  exclude: optional(anyValue()).describe('Files or ids to leave out.'),
  allow_fail: withDefault(integer(), 0).describe('So many minions may fail.'),
  concurrent: withDefault(flag(), false).describe('Do not wait for other state runs on the minions.'),
  queue: withDefault(either(flag(), integer()), false).describe('Wait behind other state runs on the minions.'),
  orchestration_jid: optional(text()).describe('Taken, and without effect, as in Salt.'),
});

type Args = z.infer<typeof args>;

/** `salt.state` */
export const state = defineState({
  name: 'salt.state',
  summary: 'Applies states on minions and waits for what becomes of them.',
  args,
  examples: [
    `webservers:
  salt.state:
    - tgt: 'web*'
    - sls: [apache, site]`,
    `databases:
  salt.state:
    - tgt: 'role:database'
    - tgt_type: grain
    - highstate: true
    - batch: 25%`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'what there is to do is known on the minions',
  async check(given, context) {
    const { orchestration, options, unknownArguments } = context;
    if (orchestration === undefined) return notHere();
    const fun = functionOf(given);
    if (fun === undefined) return fails('No highstate or sls specified, no execution made');
    const run = (dry: boolean | undefined): Promise<StepAnswer> =>
      apply(given, { orchestration, fun, dry, options, unknown: unknownArguments });
    const pending = { comment: `States would be applied on target ${pythonStr(given.tgt as Value)}`, changes: {} };
    return {
      ...willChange(pending, async (): Promise<Applied> => {
        const { verdict, extra } = await run(given.test);
        const { isGood, comment, changes } = verdict;
        const isForetold = given.test === true && isGood && Object.keys(changes).length > 0;
        return { comment, changes, extra, ...(isGood ? {} : { failed: true }), ...(isForetold ? { isForetold } : {}) };
      }),
      // Whatever the step says: in a dry run the minions only foretell.
      foretell: async (): Promise<ForetoldOutcome> => {
        const { verdict, extra } = await run(true);
        const { isGood, comment, changes } = verdict;
        if (!isGood) return { kind: 'fail', comment, changes, extra };
        if (Object.keys(changes).length === 0) return { kind: 'ok', comment, extra };
        return { kind: 'change', pending: { comment, changes, extra } };
      },
    };
  },
});

interface ChosenFunction {
  readonly name: string;
  readonly positional: readonly Value[];
}

function functionOf({ highstate, top, sls }: Args): ChosenFunction | undefined {
  if (highstate === true) return { name: 'state.highstate', positional: [] };
  if (top !== undefined && top !== '') return { name: 'state.top', positional: [top] };
  if (sls !== undefined && sls.length > 0) return { name: 'state.sls', positional: [sls.join(',')] };
  return undefined;
}

interface Surroundings {
  readonly orchestration: OrchestrationPort;
  readonly fun: ChosenFunction;
  readonly dry: boolean | undefined;
  readonly options: Dict;
  readonly unknown: Dict;
}

interface StepAnswer {
  readonly verdict: StatesVerdict;
  readonly extra: { readonly __jid__?: string; readonly warnings?: string[] };
}

async function apply(given: Args, { orchestration, fun, dry, options, unknown }: Surroundings): Promise<StepAnswer> {
  const { mayFail, warnings: doubts } = readFailMinions(given.fail_minions);
  const warnings = [...warnOfUnknown(unknown, 'salt.state'), ...doubts];
  const call = { fun: fun.name, positional: fun.positional, keyword: keywordOf(given, dry), options };
  const answer = await orchestration.runOnMinions(toMinionsCall(given, call));
  const terms: StatesTerms = { expectsMinions: given.expect_minions, mayFail, allowFail: given.allow_fail };
  return {
    verdict: judgeStates(answer, terms),
    extra: {
      ...(answer.jid === undefined ? {} : { __jid__: answer.jid }),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  };
}

function keywordOf(given: Args, test: boolean | undefined): Dict {
  const { pillar, pillarenv, saltenv, exclude, queue, concurrent } = given;
  const keyword: Dict = new Map();
  const put = (key: string, value: Value | undefined): void => {
    if (value !== undefined) keyword.set(key, value);
  };
  put('test', test);
  put('pillar', pillar !== undefined && pillar.size > 0 ? pillar : undefined);
  put('pillarenv', pillarenv);
  put('saltenv', saltenv);
  put('exclude', exclude);
  put('queue', queue);
  put('concurrent', concurrent);
  return keyword;
}
