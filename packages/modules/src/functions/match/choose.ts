import { copyValue, isDict, pythonStr, updateDict, type Dict, type TargetType, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, dict, flag, oneOf, optional, text, valueList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { overlay } from '../filter-by.ts';
import { matchCompoundTarget, matches } from './ask.ts';

const targetTypes = [
  ...(['compound', 'glob', 'pcre', 'list', 'grain', 'grain_pcre', 'pillar', 'pillar_pcre', 'ipcidr'] as const),
];
const tgtType = withDefault(oneOf(...targetTypes), 'compound').describe('How the keys are read.');
const minionId = optional(text()).describe('The id to match instead of that of this minion.');
const merge = overlay().describe('Laid over what was picked.');
const mergeLists = withDefault(flag(), false).describe('Join lists instead of replacing them.');

export const filterBy = defineFunction({
  name: 'match.filter_by',
  summary: 'Picks the first entry of a table whose key is a target for this minion.',
  args: z.object({
    lookup: dict().describe('Targets and what each picks.'),
    tgt_type: tgtType,
    minion_id: minionId,
    merge,
    merge_lists: mergeLists,
    default: withDefault(anyValue(), 'default').describe('The key to pick when none matches.'),
  }),
  examples: [`'*' match.filter_by '{"foo*": "Foo!", "bar*": "Bar!"}' minion_id=bar03`],
  run: (args, context) => pick(context, [...args.lookup], { ...args, fallback: args.lookup.get(args.default) ?? null }),
});

export const ifelse = defineFunction({
  name: 'match.ifelse',
  summary: 'The value after the first target that is for this minion, or the last argument.',
  args: z.object({
    args: valueList().describe('Targets and values in turn, and a last value.'),
    tgt_type: tgtType,
    minion_id: minionId,
    merge,
    merge_lists: mergeLists,
  }),
  variadic: 'args',
  examples: ["'*' match.ifelse 'foo*' 'Foo!' 'bar*' 'Bar!' minion_id=bar03"],
  run(args, context) {
    if (args.args.length % 2 === 0) throw failure('The ifelse function must have an odd number of arguments!');
    const entries: [Value, Value][] = [];
    for (let index = 0; index + 1 < args.args.length; index += 2) {
      entries.push([args.args[index] ?? null, args.args[index + 1] ?? null]);
    }
    return pick(context, entries, { ...args, fallback: args.args.at(-1) ?? null });
  },
});

export const searchBy = defineFunction({
  name: 'match.search_by',
  summary: 'The keys of a table one of whose targets is for this minion; null when there is none.',
  args: z.object({
    lookup: dict().describe('Keys and lists of targets.'),
    tgt_type: tgtType,
    minion_id: minionId,
  }),
  examples: [`'*' match.search_by '{web: ["node1.loc"], db: ["node*"]}' minion_id=node1.loc`],
  run({ lookup, tgt_type: type, minion_id: id }, context) {
    const found = Array.from(lookup).flatMap(([key, targets]) =>
      (Array.isArray(targets) ? targets : [targets])
        .filter((target) => isFor(context, target, type, id))
        .map(() => key),
    );
    return found.length === 0 ? null : found;
  },
});

interface Choice {
  readonly tgt_type: TargetType;
  readonly minion_id: string | undefined;
  readonly merge: Dict | undefined;
  readonly merge_lists: boolean;
  readonly fallback: Value;
}

function pick(context: FunctionContext, entries: readonly (readonly [Value, Value])[], choice: Choice): Value {
  const found = entries.find(([target]) => isFor(context, target, choice.tgt_type, choice.minion_id));
  if (found === undefined) return choice.fallback;
  const [, value] = found;
  if (choice.merge === undefined) return value;
  if (value === null) return choice.merge;
  if (!isDict(value)) throw failure('match.filter_by can only merge into a dictionary.');
  return updateDict(copyValue(value), copyValue(choice.merge), { mergeLists: choice.merge_lists });
}

// True and false stand for every minion and none, so that a condition can be a target.
function isFor(context: FunctionContext, target: Value, type: TargetType, id: string | undefined): boolean {
  if (typeof target === 'boolean') return target;
  const expression = pythonStr(target);
  return type === 'compound'
    ? matchCompoundTarget(context, expression, id)
    : matches(context, { type, expression, id });
}
