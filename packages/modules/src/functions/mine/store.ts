import { encodeValue, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';

/** Where a minion without a master keeps what it put into the mine: a value of `data.*`. */
const localStore = 'mine_cache';

/** A function as `mine_functions` writes it: whose answer is kept under which name, and who may read it. */
export interface MineFunction {
  readonly alias: string;
  readonly name: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** `allow_tgt` and `allow_tgt_type`, as far as they are given. */
  readonly access: Dict;
}

const accessKeys = ['allow_tgt', 'allow_tgt_type'];

/** Reads one entry of `mine_functions`: a list of arguments, or a dict of them. */
export function readMineFunction(alias: string, definition: Value): MineFunction {
  const items = Array.isArray(definition) ? definition : isDict(definition) ? [definition] : [];
  const all: Dict = new Map(items.filter(isDict).flatMap((item) => [...item]));
  const name = all.get('mine_function');
  return {
    alias,
    name: name === undefined || name === null ? alias : pythonStr(name),
    positional: items.filter((item) => !isDict(item)),
    keyword: new Map([...all].filter(([key]) => key !== 'mine_function' && !accessKeys.includes(pythonStr(key)))),
    access: new Map([...all].filter(([key, value]) => accessKeys.includes(pythonStr(key)) && value !== null)),
  };
}

/** Calls a function for the mine; its answer, with who may read it when that is restricted. */
export async function collectForMine(fun: MineFunction, context: FunctionContext): Promise<Value> {
  const value = await context.call(fun.name, fun.positional, fun.keyword);
  if (!fun.access.has('allow_tgt')) return value;
  return new Map<Value, Value>([['__data__', value], ['__saltmine_acl__', 1], ...fun.access]);
}

/** Puts answers into the mine, into that of this minion alone when it has no master. */
export async function storeInMine(answers: Dict, isCleared: boolean, context: FunctionContext): Promise<Value> {
  if (!isLocal(context)) {
    await askMine(context, 'mine.store', { data: encodeValue(answers), clear: isCleared });
    return true;
  }
  const before = isCleared ? new Map() : await readLocalMine(context);
  return context.call('data.update', [localStore, new Map([...before, ...answers])]);
}

/** What a minion without a master put into the mine. */
export async function readLocalMine({ call }: FunctionContext): Promise<Dict> {
  const found = await call('data.get', [localStore]);
  return isDict(found) ? found : new Map();
}

/** Replaces what a minion without a master put into the mine. */
export function writeLocalMine(mine: Dict, { call }: FunctionContext): Promise<Value> {
  return call('data.update', [localStore, mine]);
}

/** Whether this minion works without a master. */
export function isLocal({ options, master }: FunctionContext): boolean {
  return master === undefined && options.get('file_client') !== 'remote';
}

/** Asks the master about its mine; `undefined` when there is none to ask. */
export async function askMine(
  { master, log }: FunctionContext,
  verb: string,
  members: Readonly<Record<string, Value>>,
): Promise<Value | undefined> {
  if (master !== undefined) return master.request(verb, new Map(Object.entries(members)));
  log.warn('the mine was not asked: there is no master', { verb });
  return undefined;
}
