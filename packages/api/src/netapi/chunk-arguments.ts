import {
  isDict,
  liftMarkedKeywords,
  parseArgument,
  parseArguments,
  pythonStr,
  type Dict,
  type Value,
} from '@brine/common';
import { HttpProblem } from './http-problem.ts';

/** Positional and keyword arguments. */
export interface CallArguments {
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** Arguments of a local chunk: `name=value` in `arg` is a keyword, every other text stays text. */
export function localArguments(arg: Value, kwarg: Value): CallArguments {
  return split(arg, kwarg, (text) => text);
}

/** Arguments of a runner chunk: texts in `arg` are read as on a command line; keys of the chunk are keywords. */
export function runnerArguments(chunk: Dict): CallArguments {
  const { positional, keyword } = split(chunk.get('arg') ?? null, chunk.get('kwarg') ?? null, parseArgument);
  return { positional, keyword: new Map([...keyword, ...ownKeys(chunk, runnerKeys)]) };
}

/** Arguments of a wheel chunk: keys of the chunk alone. */
export function wheelArguments(chunk: Dict): CallArguments {
  return { positional: [], keyword: new Map(ownKeys(chunk, wheelKeys)) };
}

/** Keys that say how a chunk is run, and are no arguments. */
const commonKeys = ['client', 'fun', 'token', 'username', 'password', 'eauth', 'token_expire', 'full_return'];
const runnerKeys = new Set([...commonKeys, 'arg', 'kwarg', 'timeout', 'print_event']);
const wheelKeys = new Set([...commonKeys, 'arg', 'kwarg', 'timeout', 'print_event']);

function ownKeys(chunk: Dict, without: ReadonlySet<string>): readonly [Value, Value][] {
  return [...chunk].filter(([key]) => !without.has(pythonStr(key)));
}

function split(arg: Value, kwarg: Value, readText: (text: string) => Value): CallArguments {
  const keyword: Dict = new Map();
  const positional: Value[] = [];
  for (const item of toList(arg)) {
    const named = typeof item === 'string' ? parseArguments([item]).keyword : new Map<Value, Value>();
    for (const [key, value] of named) keyword.set(key, value);
    if (named.size === 0) positional.push(typeof item === 'string' ? readText(item) : item);
  }
  const lifted = liftMarkedKeywords(positional, keyword);
  return { positional: lifted.positional, keyword: new Map([...lifted.keyword, ...toDict(kwarg)]) };
}

function toList(arg: Value): readonly Value[] {
  if (arg === null) return [];
  return Array.isArray(arg) ? arg : [arg];
}

function toDict(kwarg: Value): Dict {
  if (kwarg === null) return new Map();
  if (isDict(kwarg)) return kwarg;
  throw new HttpProblem(400, 'kwarg has to be a mapping');
}
