import { copyValue, equalValues, isDict, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, flag, nullableValue, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { storeGrains } from './grains-file.ts';

const key = text().describe('Name, or path with colons.');
const delimiter = withDefault(text(), ':').describe('What parts the steps of a path.');
const destructive = withDefault(flag(), false).describe('Let null remove a grain instead of emptying it.');
const refreshPillar = withDefault(flag(), true).describe('Compile the pillar anew as well.');

export const setval = defineFunction({
  name: 'grains.setval',
  summary: 'Sets a grain in the grains file.',
  args: z.object({
    key: text().describe('Name of the grain.'),
    val: nullableValue().describe('Its value.'),
    destructive,
    refresh_pillar: refreshPillar,
  }),
  examples: ["'*' grains.setval key val", `'*' grains.setval key '{"sub-key": "val"}'`],
  async run({ key: name, val, destructive: removes, refresh_pillar: refreshes }, context) {
    const grains: Dict = new Map([[name, val]]);
    await storeAndRefresh(context, grains, { removes, refreshes });
    return grains;
  },
});

export const setvals = defineFunction({
  name: 'grains.setvals',
  summary: 'Sets several grains in the grains file.',
  args: z.object({ grains: dict().describe('Names and values.'), destructive, refresh_pillar: refreshPillar }),
  examples: [`'*' grains.setvals '{"key1": "val1", "key2": "val2"}'`],
  async run({ grains, destructive: removes, refresh_pillar: refreshes }, context) {
    await storeAndRefresh(context, grains, { removes, refreshes });
    return grains;
  },
});

export const append = defineFunction({
  name: 'grains.append',
  summary: 'Adds a member, or the members of a list, to a list grain.',
  args: z.object({
    key,
    val: nullableValue().describe('What to add.'),
    convert: withDefault(flag(), false).describe('Make a list of a grain that is none.'),
    delimiter,
  }),
  examples: ["'*' grains.append key val"],
  async run({ key: path, val, convert, delimiter: mark }, context) {
    const found = copyValue(traverse(context.grains, path, mark) ?? []);
    const list = Array.isArray(found) || !convert ? found : toList(found);
    if (!Array.isArray(list)) return `The key ${path} is not a valid list`;
    if (includes(list, val)) return `The val ${pythonStr(val)} was already in the list ${path}`;
    return storeAtPath(context, { path, mark }, [...list, ...(Array.isArray(val) ? val : [val])]);
  },
});

export const remove = defineFunction({
  name: 'grains.remove',
  summary: 'Takes a member out of a list grain.',
  args: z.object({ key, val: nullableValue().describe('What to take out.'), delimiter }),
  examples: ["'*' grains.remove key val"],
  async run({ key: path, val, delimiter: mark }, context) {
    const list = copyValue(traverse(context.grains, path, mark) ?? []);
    if (!Array.isArray(list)) return `The key ${path} is not a valid list`;
    const index = list.findIndex((member) => equalValues(member, val));
    if (index < 0) return `The val ${pythonStr(val)} was not in the list ${path}`;
    return storeAtPath(context, { path, mark }, list.toSpliced(index, 1));
  },
});

interface GrainPath {
  readonly path: string;
  readonly mark: string;
}

// The grains file holds whole top-level grains, so a nested change is carried up to its top.
async function storeAtPath(context: FunctionContext, { path, mark }: GrainPath, value: Value): Promise<Dict> {
  const steps = path.split(mark);
  let carried = value;
  for (let depth = steps.length - 1; depth > 0; depth -= 1) {
    const parent = copyValue(traverse(context.grains, steps.slice(0, depth).join(mark), mark) ?? new Map());
    const branch: Dict = isDict(parent) ? parent : new Map();
    branch.set(steps[depth] ?? '', carried);
    carried = branch;
  }
  const grains: Dict = new Map([[steps[0] ?? path, carried]]);
  await storeGrains(context, grains, false);
  return grains;
}

async function storeAndRefresh(
  context: FunctionContext,
  grains: Dict,
  { removes, refreshes }: { readonly removes: boolean; readonly refreshes: boolean },
): Promise<void> {
  await storeGrains(context, grains, removes);
  if (refreshes && context.options.get('local') !== true) await context.pillarSource.refresh();
}

function toList(value: Value): Value[] {
  return value === null ? [] : [value];
}

function includes(list: readonly Value[], wanted: Value): boolean {
  return list.some((member) => equalValues(member, wanted));
}
