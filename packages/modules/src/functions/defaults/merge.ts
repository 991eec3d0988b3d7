import { copyValue, isDict, loadJson, loadYaml, traverse, updateDict, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, nullableValue, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { valueOr } from '../value-or.ts';

const mergeLists = withDefault(flag(), false).describe('Join lists instead of replacing them.');
const inPlace = withDefault(flag(), true).describe('Change the first argument rather than a copy.');
const convertNone = withDefault(flag(), true).describe('Take null for an empty dictionary.');

export const get = defineFunction({
  name: 'defaults.get',
  summary: 'A value of the `defaults.yaml` or `defaults.json` of a formula.',
  args: z.object({
    key: text().describe('Name of the formula, and after a colon the path of the value.'),
    default: valueOr('').describe('The answer when there is no such value.'),
  }),
  examples: ["'*' defaults.get core:users:root"],
  async run({ key, default: fallback }, context) {
    const mark = key.indexOf(':');
    const defaults = await loadDefaults(mark < 0 ? key : key.slice(0, mark), context);
    if (mark < 0) return defaults ?? null;
    return defaults === undefined ? fallback : (traverse(defaults, key.slice(mark + 1)) ?? fallback);
  },
});

export const merge = defineFunction({
  name: 'defaults.merge',
  summary: 'Lays a dictionary over another, which is changed unless told otherwise, and answers it.',
  args: z.object({
    dest: optional(dict()).describe('The dictionary that is laid under.'),
    src: optional(dict()).describe('The dictionary that is laid over it.'),
    merge_lists: mergeLists,
    in_place: inPlace,
    convert_none: convertNone,
  }),
  examples: [`'*' defaults.merge '{a: b}' '{d: e}'`],
  run({ dest, src, merge_lists: joins, in_place: changes, convert_none: converts }) {
    if (dest === undefined && (changes || !converts)) throw failure("Can't perform in-place merge into NoneType");
    if (src === undefined && !converts) throw failure("Can't merge NoneType");
    const base = dest === undefined ? new Map<Value, Value>() : changes ? dest : copyValue(dest);
    return updateDict(base, src ?? new Map(), { mergeLists: joins });
  },
});

export const deepcopy = defineFunction({
  name: 'defaults.deepcopy',
  summary: 'A copy of a value that shares nothing with it.',
  args: z.object({ source: nullableValue().describe('The value.') }),
  examples: [`'*' defaults.deepcopy '{a: b}'`],
  run: ({ source }) => copyValue(source),
});

export const update = defineFunction({
  name: 'defaults.update',
  summary: 'Lays each member of a dictionary over the same defaults and answers them all.',
  args: z.object({
    dest: optional(dict()).describe('The dictionary whose members are completed.'),
    defaults: optional(dict()).describe('What lies below each member.'),
    merge_lists: withDefault(flag(), true).describe('Join lists instead of replacing them.'),
    in_place: inPlace,
    convert_none: convertNone,
  }),
  examples: [`'*' defaults.update '{web: {port: 80}}' '{port: 8080}'`],
  run({ dest, defaults, merge_lists: joins, in_place: changes, convert_none: converts }) {
    if (defaults === undefined && !converts) throw failure("Can't update from NoneType");
    if (dest === undefined && (changes || !converts)) throw failure("Can't perform in-place update into NoneType");
    const nodes: Dict = dest === undefined ? new Map() : changes ? dest : copyValue(dest);
    for (const [name, member] of nodes) {
      const completed: Dict = defaults === undefined ? new Map() : copyValue(defaults);
      nodes.set(name, updateDict(completed, isDict(member) ? member : new Map(), { mergeLists: joins }));
    }
    return nodes;
  },
});

async function loadDefaults(formula: string, context: FunctionContext): Promise<Value | undefined> {
  const folder = formula.replaceAll('.', '/');
  for (const name of [formula, folder]) {
    for (const extension of ['yaml', 'json']) {
      const file = `salt://${name}/defaults.${extension}`;
      const written = await context.call('cp.get_file_str', [file]);
      if (typeof written !== 'string' || written === '') continue;
      return extension === 'json' ? loadJson(written) : loadYaml(written, { file }).value;
    }
  }
  return undefined;
}
