import {
  AppError,
  closestName,
  isDict,
  isInteger,
  missingArguments,
  pythonRepr,
  pythonStr,
  type Dict,
  type Value,
  type StateRequest,
} from '@brine/common';
import { refusedArguments, requestSignatures, type RequestSignature } from './request-signatures.ts';

/** The arguments of one call, by name. */
export interface RequestArguments {
  get(name: string): Value | undefined;
  /** Keywords beyond the function's own, for the state that it runs. */
  readonly more: Dict;
  /** Keywords that nothing reads. */
  readonly unread: readonly string[];
}

/**
 * Sorts the arguments of a call by name. Throws `state-argument` for missing, repeated, refused and misspelt ones; others that
 * are unknown are left out, as in Salt, where a function takes any.
 */
export function bindRequest(request: StateRequest): RequestArguments {
  const signature = requestSignatures[request.kind];
  const bound = new Map<string, Value>();
  if (request.positional.length > signature.positional.length) {
    throw wrong(request, `takes at most ${signature.positional.length} positional arguments`);
  }
  for (const [index, value] of request.positional.entries()) bound.set(signature.positional[index] ?? '', value);
  const known = new Set([...signature.positional, ...signature.keyword]);
  const more: Dict = new Map();
  const unread: string[] = [];
  for (const [key, value] of request.keyword) {
    const name = argumentName(pythonStr(key), known);
    if (name.startsWith('__')) continue;
    if (!known.has(name) && signature.takesMore === true) more.set(name, value);
    else if (known.has(name)) bindOnce(bound, request, [name, value]);
    else {
      refuseUnknown(request, name, known);
      unread.push(name);
    }
  }
  checkRequired(bound, request, signature);
  return { get: (name) => bound.get(name) ?? undefined, more, unread };
}

// Salt takes `Test=True` for `test=True`.
function argumentName(name: string, known: ReadonlySet<string>): string {
  return name.toLowerCase() === 'test' && known.has('test') ? 'test' : name;
}

function bindOnce(bound: Map<string, Value>, request: StateRequest, [name, value]: readonly [string, Value]): void {
  if (bound.has(name)) throw wrong(request, `got multiple values for argument '${name}'`);
  bound.set(name, value);
}

function checkRequired(bound: ReadonlyMap<string, Value>, request: StateRequest, signature: RequestSignature): void {
  const missing = signature.positional.slice(0, signature.required).filter((name) => !bound.has(name));
  if (missing.length > 0)
    throw refused(`Passed invalid arguments to state.${request.kind}: ${missingArguments(missing)}`);
}

// Salt leaves out a misspelt `test` too, and so makes a run of what was meant for a dry run.
function refuseUnknown(request: StateRequest, name: string, known: ReadonlySet<string>): void {
  const refusal = refusedArguments.get(name);
  if (refusal !== undefined) throw wrong(request, `does not take '${name}': ${refusal}`);
  const likely = closestName(name, known);
  if (likely !== undefined) throw wrong(request, `got an unexpected argument '${name}'; did you mean '${likely}'?`);
  if (requestSignatures[request.kind].isClosed === true) throw wrong(request, `got an unexpected argument '${name}'`);
}

function wrong({ kind }: Pick<StateRequest, 'kind'>, what: string): AppError {
  return refused(`state.${kind} ${what}`);
}

/** The error for a call that is wrong in itself. */
export function refused(message: string): AppError {
  return new AppError({ code: 'state-argument', message });
}

/** A yes or no as people write them; `undefined` when it is not given. Throws `state-argument` for anything else. */
export function readFlag(value: Value | undefined, name: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  if (value === 0 || value === 1) return value === 1;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw refused(`${name} must be True or False, not ${pythonRepr(value)}`);
}

/** Names given as a list, or as one text with commas. */
export function readNames(value: Value | undefined): string[] {
  if (value === undefined || value === null || value === '') return [];
  const entries = Array.isArray(value) ? value : pythonStr(value).split(',');
  return entries.map((entry) => pythonStr(entry).trim()).filter((entry) => entry !== '');
}

/** An exclude list: names of files, or dicts as in an SLS. */
export function readExclude(value: Value | undefined): Value[] {
  if (Array.isArray(value)) return value;
  return isDict(value) ? [value] : readNames(value);
}

/** Whether and behind how many runs to wait: `queue=True`, or the number of runs that may wait. */
export function readQueue(value: Value | undefined): boolean | number {
  if (isInteger(value) && typeof value === 'number' && value > 1) return value;
  return readFlag(value, 'queue') ?? false;
}

/** The dict that `pillar=` gives; `undefined` without one. Throws `state-argument` for anything else. */
export function readPillarOverride(value: Value | undefined): Dict | undefined {
  if (value === undefined || value === null) return undefined;
  if (isDict(value)) return value;
  throw refused('Pillar data must be formatted as a dictionary');
}
