import { copyValue, equalValues, isDict, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { valueOr } from '../value-or.ts';
import { storeGrains } from './grains-file.ts';

const key = text().describe('Name, or path with colons.');
const force = withDefault(flag(), false).describe('Overwrite a value of another shape.');
const destructive = withDefault(flag(), false).describe('Let null remove a grain instead of emptying it.');
const delimiter = withDefault(text(), ':').describe('What parts the steps of a path.');

export const set = defineFunction({
  name: 'grains.set',
  summary: 'Sets a grain, nested ones too; lists and dictionaries are overwritten only by force.',
  args: z.object({ key, val: valueOr('').describe('Its value.'), force, destructive, delimiter }),
  examples: ["'*' grains.set 'apps:myApp:port' 2209", "'*' grains.set 'apps:myApp' '{port: 2209}'"],
  run: ({ key: path, val, force: isForced, destructive: removes, delimiter: mark }, context) =>
    setGrain(context, { path, val, isForced, removes, mark }),
});

export const delval = defineFunction({
  name: 'grains.delval',
  summary: 'Empties a grain.',
  args: z.object({ key, destructive, force }),
  examples: ["'*' grains.delval key"],
  run: ({ key: path, force: isForced, destructive: removes }, context) =>
    setGrain(context, { path, val: null, isForced, removes, mark: ':' }),
});

export const delkey = defineFunction({
  name: 'grains.delkey',
  summary: 'Removes a grain from the grains file.',
  args: z.object({ key, force }),
  examples: ["'*' grains.delkey key"],
  run: ({ key: path, force: isForced }, context) =>
    setGrain(context, { path, val: null, isForced, removes: true, mark: ':' }),
});

interface Setting {
  readonly path: string;
  readonly val: Value;
  readonly isForced: boolean;
  readonly removes: boolean;
  readonly mark: string;
}

type Answer = { readonly comment: string; readonly changes: Dict; readonly result: boolean };

async function setGrain(context: FunctionContext, setting: Setting): Promise<Answer> {
  const { path, val, removes, mark } = setting;
  const existing = traverse(context.grains, path, mark);
  if (existing !== undefined && equalValues(existing, val) && (val !== null || !removes)) {
    return { comment: 'Grain is already set', changes: new Map(), result: true };
  }
  const refusal = refuseOverwrite(setting, existing);
  if (refusal !== undefined) return refuse(refusal);
  const carried = carryToTop(context.grains, setting);
  if (typeof carried === 'string') return refuse(carried);
  await storeGrains(context, carried.grains, removes);
  return { comment: '', changes: carried.grains, result: true };
}

function refuse(comment: string): Answer {
  return { comment, changes: new Map(), result: false };
}

function refuseOverwrite({ path, val, isForced }: Setting, existing: Value | undefined): string | undefined {
  if (existing === undefined || existing === null || isForced) return undefined;
  const help = "Use 'force=True' to overwrite.";
  if (isComplex(existing)) return `The key '${path}' exists but is a dict or a list. ${help}`;
  if (isComplex(val)) return `The key '${path}' exists and the given value is a dict or a list. ${help}`;
  return undefined;
}

function isComplex(value: Value): boolean {
  return isDict(value) || Array.isArray(value);
}

// The grains file holds whole top-level grains, so a nested change is carried up to its top. A text answer refuses.
function carryToTop(grains: Dict, setting: Setting): { readonly grains: Dict } | string {
  const steps = setting.path.split(setting.mark);
  let carried = setting.val;
  for (let depth = steps.length - 1; depth > 0; depth -= 1) {
    const parentPath = steps.slice(0, depth).join(setting.mark);
    const parent = copyValue(traverse(grains, parentPath, setting.mark) ?? new Map());
    const step = steps[depth] ?? '';
    const joined = putInto(parent, { step, value: carried, setting });
    if (joined === undefined) {
      const differs = `which is different from the provided key '${step}'`;
      return `The key '${parentPath}' value is '${pythonStr(parent)}', ${differs}. Use 'force=True' to overwrite.`;
    }
    carried = joined;
  }
  return { grains: new Map([[steps[0] ?? '', carried]]) };
}

interface Put {
  readonly step: string;
  readonly value: Value;
  readonly setting: Setting;
}

function putInto(parent: Value, put: Put): Value | undefined {
  if (isDict(parent)) {
    if (put.value === null && put.setting.removes) parent.delete(put.step);
    else parent.set(put.step, put.value);
    return parent;
  }
  if (Array.isArray(parent)) return putIntoList(parent, put);
  return parent === put.step || put.setting.isForced ? new Map([[put.step, put.value]]) : undefined;
}

function putIntoList(parent: readonly Value[], { step, value }: Put): Value {
  const isHolder = (member: Value): boolean => member === step || (isDict(member) && member.has(step));
  if (!parent.some(isHolder)) return [...parent, new Map([[step, value]])];
  return parent.map((member) => {
    if (!isHolder(member)) return member;
    return isDict(member) ? new Map([...member, [step, value]]) : new Map([[step, value]]);
  });
}
