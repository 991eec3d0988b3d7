import { copyValue, isDict, mergeValues, updateDict, type MergeStrategy, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, oneOf, text, valueList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const strategy = withDefault(oneOf('smart', 'recurse', 'aggregate', 'overwrite', 'list', 'none'), 'smart').describe(
  'smart, recurse, aggregate, overwrite, list or none.',
);
const renderer = withDefault(text(), 'yaml').describe('With smart: `yamlex` data is aggregated.');
const mergeLists = withDefault(flag(), false).describe('Join lists instead of replacing them.');

export const update = defineFunction({
  name: 'slsutil.update',
  summary: 'Lays a dictionary over another, which is changed, and answers it.',
  args: z.object({
    dest: dict().describe('The dictionary that is changed.'),
    upd: dict().describe('What is laid over it.'),
    recursive_update: withDefault(flag(), true).describe('Join nested dictionaries as well.'),
    merge_lists: mergeLists,
  }),
  examples: [`'*' slsutil.update '{foo: Foo}' '{bar: Bar}'`],
  run: ({ dest, upd, recursive_update: recursive, merge_lists: joins }) =>
    updateDict(dest, upd, { recursive, mergeLists: joins }),
});

export const merge = defineFunction({
  name: 'slsutil.merge',
  summary: 'Merges two dictionaries by a strategy of pillar.',
  args: z.object({
    obj_a: dict().describe('The lower one.'),
    obj_b: dict().describe('The one laid over it.'),
    strategy,
    renderer,
    merge_lists: mergeLists,
  }),
  examples: [`'*' slsutil.merge '{foo: Foo}' '{bar: Bar}'`],
  run: ({ obj_a: base, obj_b: over, strategy: wanted, renderer: kind, merge_lists: joins }) =>
    mergeValues(copyValue(base), over, chooseStrategy(wanted, kind), { mergeLists: joins }),
});

export const mergeAll = defineFunction({
  name: 'slsutil.merge_all',
  summary: 'Merges a list of dictionaries, first to last, by a strategy of pillar.',
  args: z.object({
    lst: valueList().describe('The dictionaries.'),
    strategy,
    renderer,
    merge_lists: mergeLists,
  }),
  examples: [`'*' slsutil.merge_all '[{foo: Foo}, {foo: Bar}]'`],
  run({ lst, strategy: wanted, renderer: kind, merge_lists: joins }) {
    let merged: Value = new Map();
    for (const each of lst) {
      if (!isDict(each)) throw failure('slsutil.merge_all takes a list of dictionaries.');
      merged = mergeValues(merged, each, chooseStrategy(wanted, kind), { mergeLists: joins });
    }
    return merged;
  },
});

function chooseStrategy(wanted: MergeStrategy, kind: string): MergeStrategy {
  if (wanted !== 'smart') return wanted;
  return kind.split('|').at(-1) === 'yamlex' || kind.startsWith('yamlex_') ? 'aggregate' : 'recurse';
}
