import { fault } from '../template-fault.ts';
import type { CallArguments, RuntimeValue } from '../values/runtime-value.ts';
import type { Runtime } from './runtime.ts';

/** Arguments in the order of a routine's parameters; absent ones are `undefined`. */
export type BoundArguments = readonly (RuntimeValue | undefined)[];

interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly required: number;
  /** How many parameters can be given by position; the others only by name. */
  readonly byPosition: number;
  /** Whether further positional arguments follow as one list. */
  readonly hasRest: boolean;
  /** Whether other keyword arguments follow as one dict, after the list. */
  readonly hasKeywords: boolean;
}

/** A function that templates can call: a filter, a test, a method, a global. `self` is what it is applied to. */
export interface Routine<Self extends RuntimeValue = RuntimeValue> extends Signature {
  readonly run: (self: Self, args: BoundArguments, runtime: Runtime) => RuntimeValue;
}

/**
 * Declares a routine. `signature` lists its parameters as `old new count?`: `?` marks those that may be left out,
 * `*` takes all further positional arguments as a list (parameters behind it are given by name), `**` all other
 * keyword arguments as a dict. The list and the dict come after the parameters.
 */
export function routine<Self extends RuntimeValue = RuntimeValue>(
  name: string,
  signature: string,
  run: Routine<Self>['run'],
): Routine<Self> {
  const words = signature.split(' ').filter((word) => word !== '');
  const named = words.filter((word) => !word.startsWith('*'));
  const rest = words.indexOf('*');
  return {
    name,
    parameters: named.map((word) => word.replace('?', '')),
    required: named.filter((word) => !word.endsWith('?')).length,
    byPosition: rest === -1 ? named.length : rest,
    hasRest: rest !== -1,
    hasKeywords: words.includes('**'),
    run,
  };
}

const noKeywords: ReadonlyMap<string, RuntimeValue> = new Map();

/** Arguments without keywords. */
export function positionalArguments(positional: readonly RuntimeValue[]): CallArguments {
  return { positional, keyword: noKeywords };
}

/** Puts the arguments of a call in the order of the parameters, as Python does, or says what does not fit. */
export function bindArguments(signature: Signature, call: CallArguments): BoundArguments {
  const { byPosition, hasRest, hasKeywords, required } = signature;
  const { positional, keyword } = call;
  if (positional.length > byPosition && !hasRest) throw tooMany(signature, positional.length);
  if (!hasRest && !hasKeywords && keyword.size === 0 && positional.length >= required) return positional;
  return bindAll(signature, call);
}

function bindAll(signature: Signature, { positional, keyword }: CallArguments): BoundArguments {
  const { parameters, byPosition, hasRest, hasKeywords } = signature;
  const bound: (RuntimeValue | undefined)[] = positional.slice(0, byPosition);
  const others = new Map<RuntimeValue, RuntimeValue>();
  for (const [name, value] of keyword) bindKeyword(signature, { bound, others, name, value });
  refuseMissing(signature, bound);
  while (bound.length < parameters.length) bound.push(undefined);
  if (hasRest) bound.push(positional.slice(byPosition));
  if (hasKeywords) bound.push(others);
  return bound;
}

function refuseMissing({ name, parameters, required }: Signature, bound: BoundArguments): void {
  const missing = parameters.slice(0, required).find((_, index) => bound[index] === undefined);
  if (missing !== undefined) throw fault(`${name}() missing required argument: '${missing}'`);
}

interface KeywordBinding {
  readonly bound: (RuntimeValue | undefined)[];
  readonly others: Map<RuntimeValue, RuntimeValue>;
  readonly name: string;
  readonly value: RuntimeValue;
}

function bindKeyword(signature: Signature, binding: KeywordBinding): void {
  const { bound, others, name, value } = binding;
  const index = signature.parameters.indexOf(name);
  if (index === -1) {
    if (!signature.hasKeywords) throw fault(`${signature.name}() got an unexpected keyword argument '${name}'`);
    others.set(name, value);
    return;
  }
  if (bound[index] !== undefined) throw fault(`${signature.name}() got multiple values for argument '${name}'`);
  bound[index] = value;
}

function tooMany(signature: Signature, given: number): Error {
  const most = signature.parameters.length;
  return fault(`${signature.name}() takes at most ${most} argument${most === 1 ? '' : 's'} (${given} given)`);
}

/** A table of routines by name. */
export function routineTable<Self extends RuntimeValue>(
  routines: readonly Routine<Self>[],
): ReadonlyMap<string, Routine<Self>> {
  return new Map(routines.map((entry) => [entry.name, entry]));
}
