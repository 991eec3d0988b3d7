import { isDict, pythonStr, type Applied, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  dict,
  flag,
  optional,
  text,
  willChange,
  withDefault,
  type StateContext,
} from '../../kit/index.ts';
import type { MinionAnswer, OrchestrationPort } from '../../kit/orchestration.ts';
import {
  minionsArguments,
  readFailMinions,
  toMinionsCall,
  warnOfUnknown,
} from '../../providers/orchestration/minions-arguments.ts';
import { notHere } from '../../providers/orchestration/not-here.ts';
import { hasAnswered, shownValue } from '../../providers/orchestration/states-on-minions.ts';

const { tgt, ...shared } = minionsArguments;

const args = z.object({
  name: text().describe('The function.'),
  tgt,
  ...shared,
  expect_minions: withDefault(flag(), false).describe('Minions that do not answer count as failed.'),
  fail_function: optional(text()).describe(
    'A function that gets what a minion answered and says whether that is good.',
  ),
  arg: optional(anyValue()).describe('Its positional arguments, a list.'),
  kwarg: optional(dict()).describe('Its arguments by name.'),
});

type Args = z.infer<typeof args>;

/** `salt.function` */
export const callFunction = defineState({
  name: 'salt.function',
  summary: 'Runs a function on minions and waits for their answers.',
  args,
  examples: [
    `cmd.run:
  salt.function:
    - tgt: 'web*'
    - arg:
      - uptime`,
  ],
  acceptsUnknown: true,
  notIdempotent: 'running the function is all it does',
  async check(given, context) {
    const { orchestration } = context;
    if (orchestration === undefined) return notHere();
    const pending = {
      comment: `Function ${given.name} would be executed on target ${pythonStr(given.tgt as Value)}`,
      changes: {},
    };
    return willChange(pending, () => perform(given, { orchestration, context }));
  },
});

interface Surroundings {
  readonly orchestration: OrchestrationPort;
  readonly context: StateContext;
}

async function perform(given: Args, { orchestration, context }: Surroundings): Promise<Applied> {
  const { mayFail, warnings: doubts } = readFailMinions(given.fail_minions);
  const unknown = warnOfUnknown(context.unknownArguments, 'salt.function');
  const { positional, warnings } = readPositional(given.arg, [...unknown, ...doubts]);
  const call = { fun: given.name, positional, keyword: given.kwarg ?? new Map(), options: context.options };
  const { jid, answers } = await orchestration.runOnMinions(toMinionsCall(given, call));
  const counted = [...answers].filter(([, answer]) => given.expect_minions || hasAnswered(answer));
  const extra = {
    ...(jid === undefined ? {} : { __jid__: jid }),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
  };
  if (counted.length === 0) return { comment: 'No minions responded', changes: {}, failed: true, extra };
  return { ...(await judge(given, { counted, mayFail, context })), extra };
}

interface Positional {
  readonly positional: readonly Value[];
  readonly warnings: readonly string[];
}

function readPositional(arg: Value | undefined, warnings: readonly string[]): Positional {
  if (arg === undefined || arg === null) return { positional: [], warnings };
  if (Array.isArray(arg)) return { positional: arg, warnings };
  const words = pythonStr(arg)
    .split(/\s+/)
    .filter((word) => word !== '');
  return { positional: words, warnings: ["Please specify 'arg' as a list of arguments.", ...warnings] };
}

interface Counted {
  readonly counted: readonly (readonly [string, MinionAnswer])[];
  readonly mayFail: ReadonlySet<string>;
  readonly context: StateContext;
}

async function judge(
  { name, fail_function: judgedBy }: Args,
  { counted, mayFail, context }: Counted,
): Promise<Applied> {
  const failed: string[] = [];
  const shown = new Map<string, Value>();
  for (const [minion, answer] of counted.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    shown.set(minion, shownValue(answer));
    const isGood = hasAnswered(answer) && answer.retcode === 0 && (await isGoodAnswer(answer.value, judgedBy, context));
    if (!isGood && !mayFail.has(minion)) failed.push(minion);
  }
  const ran = ` Function ${name} ran on ${[...shown.keys()].join(', ')}.`;
  const changes = { ret: new Map<Value, Plain>(shown) };
  if (failed.length === 0) return { comment: `Function ran successfully.${ran}`, changes };
  return { comment: `Running function ${name} failed on minions: ${failed.join(', ')}${ran}`, changes, failed: true };
}

async function isGoodAnswer(value: Value, judgedBy: string | undefined, context: StateContext): Promise<boolean> {
  if (value === false) return false;
  if (judgedBy === undefined || judgedBy === '') return true;
  const verdict = await context.call(judgedBy, [value]);
  if (isDict(verdict)) return verdict.size > 0;
  return Array.isArray(verdict) ? verdict.length > 0 : Boolean(verdict);
}
