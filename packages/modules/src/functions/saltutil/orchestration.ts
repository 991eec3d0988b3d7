import { AppError, targetTypes, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  commaList,
  dict,
  flag,
  integer,
  number,
  oneOf,
  optional,
  text,
  unsupported,
  valueList,
  withDefault,
} from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { MasterFunctionAnswer, OrchestrationPort } from '../../kit/orchestration.ts';

const call = {
  name: text().describe('The function.'),
  arg: optional(valueList()).describe('Its positional arguments.'),
  kwarg: optional(dict()).describe('Its arguments by name; they may also be given beside this one.'),
  full_return: withDefault(flag(), false).describe('Answer `return`, `success` and `jid` instead of the answer alone.'),
  further: anyValue().describe('Further arguments of the function, by name.'),
};

export const runner = defineFunction({
  name: 'saltutil.runner',
  summary: 'Runs a runner; in orchestrations on the master, also in their templates.',
  args: z.object(call),
  keywords: 'further',
  examples: ["'*' saltutil.runner manage.up"],
  run: ({ name, arg, kwarg, further, full_return: isFull }, context) =>
    runOnMaster('runner', { fun: name, arg, kwarg, further, isFull }, context),
});

export const wheel = defineFunction({
  name: 'saltutil.wheel',
  summary: 'Runs a wheel function; in orchestrations on the master, also in their templates.',
  args: z.object(call),
  keywords: 'further',
  examples: ["'*' saltutil.wheel key.list_all"],
  run: ({ name, arg, kwarg, further, full_return: isFull }, context) =>
    runOnMaster('wheel', { fun: name, arg, kwarg, further, isFull }, context),
});

const minionsCall = {
  tgt: text().describe('Which minions.'),
  fun: text().describe('The function.'),
  arg: optional(valueList()).describe('Its positional arguments.'),
  timeout: optional(number()).describe('Seconds in which a minion must have taken the job.'),
  tgt_type: withDefault(oneOf(...targetTypes), 'glob').describe('How the target is read: `glob`, `list`, …'),
  ret: withDefault(commaList(), []).describe('Returners that get the returns too.'),
  kwarg: optional(dict()).describe('Its arguments by name.'),
  ssh: unsupported('there is no salt-ssh'),
};

export const cmd = defineFunction({
  name: 'saltutil.cmd',
  summary: 'Runs a function on minions; in orchestrations on the master, also in their templates.',
  args: z.object({
    ...minionsCall,
    batch: optional(text()).describe('Only so many minions at a time, or such a share of them: `3`, `25%`.'),
    subset: optional(integer()).describe('Only so many of the minions, drawn at random.'),
  }),
  examples: ["'*' saltutil.cmd 'web*' test.ping", "'*' saltutil.cmd '*' test.ping batch=25%"],
  async run(args, context): Promise<Plain> {
    const returned = await askMinions(args, context);
    // As in Salt, runs in batches answer in another shape.
    const shape = ({ value, ...rest }: MinionReturn): Plain =>
      args.batch === undefined ? { ret: value, ...rest } : { out: 'highstate', ret: value };
    return new Map<Value, Plain>(returned.map(([minion, answer]) => [minion, shape(answer)]));
  },
});

export const cmdIter = defineFunction({
  name: 'saltutil.cmd_iter',
  summary: 'The same as `saltutil.cmd`: what minions answered one after another is told together.',
  args: z.object(minionsCall),
  examples: ["'*' saltutil.cmd_iter 'web*' test.ping"],
  async run(args, context): Promise<Plain> {
    const returned = await askMinions(args, context);
    return new Map<Value, Plain>(returned.map(([minion, { value, ...rest }]) => [minion, { ret: value, ...rest }]));
  },
});

interface MinionsWish {
  readonly tgt: string;
  readonly fun: string;
  readonly arg?: Value[] | undefined;
  readonly timeout?: number | undefined;
  readonly tgt_type: (typeof targetTypes)[number];
  readonly ret: readonly string[];
  readonly kwarg?: Dict | undefined;
  readonly batch?: string | undefined;
  readonly subset?: number | undefined;
}

interface MinionReturn {
  readonly value: Value;
  readonly retcode: number;
  readonly jid: string | null;
}

async function askMinions(wish: MinionsWish, context: FunctionContext): Promise<readonly [string, MinionReturn][]> {
  const { tgt, fun, arg = [], timeout, tgt_type: type, ret, kwarg = new Map(), batch, subset } = wish;
  const { jid = null, answers } = await requirePort(context).runOnMinions({
    ...{ target: { type, expression: tgt }, fun, positional: arg, keyword: kwarg },
    ...(timeout === undefined ? {} : { timeout }),
    ...(batch === undefined ? {} : { batch }),
    ...(subset === undefined ? {} : { subset }),
    ...(ret.length === 0 ? {} : { returners: { names: ret } }),
  });
  return [...answers]
    .filter(([, { status }]) => status !== 'expired' && status !== 'unreachable')
    .map(([minion, { value, retcode }]) => [minion, { value, retcode, jid }]);
}

interface Given {
  readonly fun: string;
  readonly arg?: Value[] | undefined;
  readonly kwarg?: Dict | undefined;
  readonly further: Value;
  readonly isFull: boolean;
}

async function runOnMaster(
  kind: 'runner' | 'wheel',
  { fun, arg = [], kwarg = new Map(), further, isFull }: Given,
  context: FunctionContext,
): Promise<Value> {
  const keyword: Dict = new Map([...kwarg, ...(further as Dict)]);
  const answer = await requirePort(context).runOnMaster({ kind, fun, positional: arg, keyword });
  return isFull ? fullReturn(answer) : answer.value;
}

function fullReturn({ jid, value, isSuccess }: MasterFunctionAnswer): Value {
  return toValue({ jid: jid ?? null, return: value, success: isSuccess });
}

function requirePort({ orchestration }: FunctionContext): OrchestrationPort {
  if (orchestration !== undefined) return orchestration;
  const message = 'this function works in orchestrations on the master only (salt-run state.orchestrate)';
  throw new AppError({ code: 'function-failed', message });
}
