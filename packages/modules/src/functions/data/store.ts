import { decodeValue, encodeValue, equalValues, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { dict, givenValue, nullableValue, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';

const key = text().describe('Name of the value.');

export const load = defineFunction({
  name: 'data.load',
  summary: 'All values this minion keeps.',
  args: z.object({}),
  examples: ["'*' data.load"],
  run: (_args, context) => readStore(context),
});

export const items = defineFunction({
  name: 'data.items',
  summary: 'All values this minion keeps.',
  args: z.object({}),
  examples: ["'*' data.items"],
  run: (_args, context) => readStore(context),
});

export const dump = defineFunction({
  name: 'data.dump',
  summary: 'Makes a dictionary all that this minion keeps.',
  args: z.object({ new_data: dict().describe('The values by name.') }),
  examples: [`'*' data.dump '{eggs: spam}'`],
  run: ({ new_data: store }, context) => writeStore(context, store),
});

export const clear = defineFunction({
  name: 'data.clear',
  summary: 'Forgets all values this minion keeps.',
  args: z.object({}),
  examples: ["'*' data.clear"],
  async run(_args, context) {
    const path = storePath(context);
    if ((await context.host.files.stat(path)) !== undefined) await context.host.files.remove(path);
    return true;
  },
});

export const update = defineFunction({
  name: 'data.update',
  summary: 'Keeps a value.',
  args: z.object({ key, value: givenValue().describe('The value.') }),
  examples: ["'*' data.update window sat"],
  async run({ key: name, value }, context) {
    const store = await readStore(context);
    return writeStore(context, store.set(name, value));
  },
});

export const cas = defineFunction({
  name: 'data.cas',
  summary: 'Keeps a value only if the one it replaces is as told; answers whether it was.',
  args: z.object({
    key,
    value: givenValue().describe('The new value.'),
    old_value: givenValue().describe('The value it replaces.'),
  }),
  examples: ["'*' data.cas window sun sat"],
  async run({ key: name, value, old_value: old }, context) {
    const store = await readStore(context);
    const kept = store.get(name);
    if (kept === undefined || !equalValues(kept, old)) return false;
    return writeStore(context, store.set(name, value));
  },
});

export const pop = defineFunction({
  name: 'data.pop',
  summary: 'Forgets a value and answers it.',
  args: z.object({ key, default: nullableValue().describe('The answer when there is no such value.') }),
  examples: ["'*' data.pop window"],
  async run({ key: name, default: fallback }, context) {
    const store = await readStore(context);
    const value = store.get(name) ?? fallback;
    store.delete(name);
    await writeStore(context, store);
    return value;
  },
});

export const get = defineFunction({
  name: 'data.get',
  summary: 'A value by name, or several by a list of names.',
  args: z.object({
    key: givenValue().describe('Name, or list of names.'),
    default: nullableValue().describe('The answer when there is no such value.'),
  }),
  examples: ["'*' data.get window", `'*' data.get '["eggs", "ham"]'`],
  async run({ key: wanted, default: fallback }, context) {
    const store = await readStore(context);
    if (!Array.isArray(wanted)) return store.get(pythonStr(wanted)) ?? fallback;
    const known = fallback === null ? wanted.filter((name) => store.has(name)) : wanted;
    return known.map((name) => store.get(name) ?? fallback);
  },
});

export const keys = defineFunction({
  name: 'data.keys',
  summary: 'The names of all values this minion keeps.',
  args: z.object({}),
  examples: ["'*' data.keys"],
  run: async (_args, context) => Array.from((await readStore(context)).keys()),
});

export const values = defineFunction({
  name: 'data.values',
  summary: 'All values this minion keeps, without their names.',
  args: z.object({}),
  examples: ["'*' data.values"],
  run: async (_args, context) => Array.from((await readStore(context)).values()),
});

export const hasKey = defineFunction({
  name: 'data.has_key',
  summary: 'Whether this minion keeps a value.',
  args: z.object({ key }),
  examples: ["'*' data.has_key window"],
  run: async ({ key: name }, context) => (await readStore(context)).has(name),
});

function storePath({ options }: FunctionContext): string {
  return `${pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion')}/datastore`;
}

async function readStore(context: FunctionContext): Promise<Dict> {
  const content = await context.host.files.read(storePath(context));
  const store: Value = content === undefined ? new Map() : decodeValue(content);
  return isDict(store) ? store : new Map();
}

async function writeStore(context: FunctionContext, store: Dict): Promise<boolean> {
  const path = storePath(context);
  const folder = path.slice(0, path.lastIndexOf('/'));
  const isThere = (await context.host.files.stat(folder, { follow: true })) !== undefined;
  if (!isThere) await context.host.files.makeDirectory(folder, { parents: true });
  await context.host.files.write(path, encodeValue(store), { mode: 0o600 });
  return true;
}
