import { decodeValue, isDict, pythonStr, targetTypes, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, dict, flag, oneOf, optional, text, textList, valueList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  askMine,
  collectForMine,
  isLocal,
  readLocalMine,
  readMineFunction,
  storeInMine,
  writeLocalMine,
  type MineFunction,
} from './store.ts';

const tgtType = withDefault(oneOf(...targetTypes), 'glob');

export const get = defineFunction({
  name: 'mine.get',
  summary: 'What minions have put into the mine; without a master, what this one has.',
  args: z.object({
    tgt: text().describe('The minions.'),
    fun: textList().describe('The functions whose answers are wanted.'),
    tgt_type: tgtType.describe('How the target is read.'),
    exclude_minion: withDefault(flag(), false).describe('Leave this minion out.'),
  }),
  examples: ["'*' mine.get '*' network.interfaces", "'*' mine.get 'os:Fedora' network.interfaces grain"],
  async run({ tgt, fun, tgt_type: type, exclude_minion: isExcluded }, context) {
    const functions = fun.length === 1 ? (fun[0] ?? '') : [...fun];
    if (isLocal(context)) return getLocal({ tgt, functions, type }, context);
    const question = { tgt, fun: functions, tgt_type: type, exclude_minion: isExcluded };
    const answer = await askMine(context, 'mine.get', question);
    const found = answer !== undefined && isDict(answer) ? answer.get('found') : undefined;
    return found instanceof Uint8Array ? decodeValue(found) : new Map();
  },
});

export const del = defineFunction({
  name: 'mine.delete',
  summary: 'Takes the answer of a function of this minion out of the mine.',
  args: z.object({ fun: text().describe('The function.') }),
  examples: ["'*' mine.delete 'network.interfaces'"],
  async run({ fun }, context) {
    if (!isLocal(context)) return (await askMine(context, 'mine.delete', { fun })) !== undefined;
    const mine = await readLocalMine(context);
    return writeLocalMine(new Map([...mine].filter(([name]) => name !== fun)), context);
  },
});

export const flush = defineFunction({
  name: 'mine.flush',
  summary: 'Takes all that this minion has put into the mine out of it.',
  args: z.object({}),
  examples: ["'*' mine.flush"],
  run: async (_args, context) =>
    isLocal(context) ? writeLocalMine(new Map(), context) : (await askMine(context, 'mine.flush', {})) !== undefined,
});

export const update = defineFunction({
  name: 'mine.update',
  summary: 'Calls the functions of `mine_functions` and puts their answers into the mine.',
  args: z.object({
    clear: withDefault(flag(), false).describe('Forget what was there.'),
    mine_functions: optional(anyValue()).describe(
      'The functions, as a list or as configured; the configured unless given.',
    ),
  }),
  examples: ["'*' mine.update", "'*' mine.update clear=True"],
  async run({ clear, mine_functions: given }, context) {
    const functions = await readFunctions(given, context);
    if (functions.length === 0) return null;
    const answers: Dict = new Map();
    for (const fun of functions.filter((each) => isAvailable(each, context))) {
      try {
        answers.set(fun.alias, await collectForMine(fun, context));
      } catch (error) {
        // One function that fails must not keep the others out of the mine.
        context.log.error('a function of the mine failed', { function: fun.name, error });
      }
    }
    return storeInMine(answers, clear, context);
  },
});

export const send = defineFunction({
  name: 'mine.send',
  summary: 'Calls a function and puts its answer into the mine; answers false when it fails.',
  args: z.object({
    name: text().describe('The function, or with `mine_function` the name its answer is kept under.'),
    args: valueList().describe('Its arguments.'),
    mine_function: optional(text()).describe('The function, when the answer is kept under another name.'),
    allow_tgt: optional(text()).describe('The minions that may read the answer; all unless given.'),
    allow_tgt_type: optional(text()).describe('How that target is read.'),
    kwargs: dict().describe('Its keyword arguments.'),
  }),
  variadic: 'args',
  keywords: 'kwargs',
  examples: ["'*' mine.send network.ip_addrs interface=eth0", "'*' mine.send eth0_ips mine_function=network.ip_addrs"],
  async run({ name, args, kwargs, ...rest }, context) {
    const access = Object.entries({ allow_tgt: rest.allow_tgt ?? null, allow_tgt_type: rest.allow_tgt_type ?? null });
    const fun: MineFunction = {
      alias: name,
      name: rest.mine_function ?? name,
      positional: args,
      keyword: kwargs,
      access: new Map(access.filter(([, value]) => value !== null)),
    };
    try {
      return await storeInMine(new Map([[name, await collectForMine(fun, context)]]), false, context);
    } catch (error) {
      if (context.signal.aborted) throw error;
      context.log.error('a function of the mine failed', { function: fun.name, error });
      return false;
    }
  },
});

export const valid = defineFunction({
  name: 'mine.valid',
  summary: 'The functions of `mine_functions` that this minion has; null when none are configured.',
  args: z.object({}),
  examples: ["'*' mine.valid"],
  async run(_args, context) {
    const functions = await readFunctions(undefined, context);
    if (functions.length === 0) return null;
    const configured = await context.call('config.merge', ['mine_functions', new Map()]);
    const known = functions.filter((fun) => isAvailable(fun, context));
    return new Map(
      known.map((fun) => {
        if (fun.name === fun.alias) return [fun.alias, (isDict(configured) && configured.get(fun.alias)) || []];
        const keywords = Array.from(fun.keyword, ([key, value]): Value => new Map([[key, value]]));
        return [fun.alias, new Map<Value, Value>([[fun.name, [...fun.positional, ...keywords]]])];
      }),
    );
  },
});

async function readFunctions(given: Value | undefined, { call }: FunctionContext): Promise<readonly MineFunction[]> {
  const isGiven = given !== undefined && (!isDict(given) || given.size > 0);
  const configured = isGiven ? given : await call('config.merge', ['mine_functions', new Map()]);
  if (Array.isArray(configured)) return configured.map((name) => readMineFunction(pythonStr(name), new Map()));
  if (!isDict(configured)) return [];
  return Array.from(configured, ([alias, definition]) => readMineFunction(pythonStr(alias), definition));
}

function isAvailable(fun: MineFunction, { catalogue, log }: FunctionContext): boolean {
  const isKnown = catalogue.functionNames().includes(fun.name);
  if (!isKnown) log.error('a function of the mine does not exist', { function: fun.name });
  return isKnown;
}

async function getLocal(
  asked: { readonly tgt: string; readonly functions: string | readonly string[]; readonly type: string },
  context: FunctionContext,
): Promise<Value> {
  if ((await context.call(`match.${asked.type}`, [asked.tgt])) !== true) return new Map();
  const mine = await readLocalMine(context);
  const id = context.options.get('id') ?? '';
  const names = typeof asked.functions === 'string' ? asked.functions.split(',') : asked.functions;
  const found: Dict = new Map();
  for (const name of names.filter((each) => mine.has(each))) {
    found.set(name, new Map([[id, unwrap(mine.get(name) ?? null)]]));
  }
  const isSingle = typeof asked.functions === 'string' && names.length === 1;
  return isSingle ? (found.get(names[0] ?? '') ?? new Map()) : found;
}

// Who may read an answer counts between minions only.
function unwrap(kept: Value): Value {
  return isDict(kept) && kept.has('__saltmine_acl__') ? (kept.get('__data__') ?? null) : kept;
}
