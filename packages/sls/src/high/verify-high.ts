import { isDict, pythonRepr, type Dict, type Problem, type SourceSpan, type Value } from '@brine/common';
import { inRequisites, referenceKeywords } from '../requisites/requisite-keywords.ts';
import { declaredStates, textOf, type DeclaredState } from './declared-states.ts';
import { errorAt, warningAt } from './error-at.ts';
import { defaultCall } from './inject-default-call.ts';
import type { Origins } from './origins.ts';

/** Everything about the structure of high data that cannot be compiled, all of it at once. */
export function verifyHigh(high: Dict, origins: Origins): Problem[] {
  const problems: Problem[] = [];
  for (const declared of declaredStates(high)) problems.push(...verifyState(declared, origins));
  return problems;
}

function verifyState(declared: DeclaredState, origins: Origins): Problem[] {
  const { id, body, state, parts } = declared;
  const sls = textOf(body, '__sls__') ?? '';
  const problems: Problem[] = [];
  const functions: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') functions.push(part);
    const span = origins.spanOf(part) ?? origins.spanOf(declared.body.get(state));
    if (isDict(part)) problems.push(...verifyArgument(part, { id, state, sls, span }));
    else if (typeof part !== 'string') {
      const summary = `State '${id}' in SLS '${sls}' has the argument ${pythonRepr(part)}, which is neither a function nor a key with a value and does nothing`;
      problems.push(warningAt(span, 'state-shape', summary));
    }
  }
  problems.push(...verifyFunctions(functions, { id, state, sls, span: origins.spanOf(body.get(state)) }));
  return problems;
}

interface Place {
  readonly id: string;
  readonly state: string;
  readonly sls: string;
  readonly span: SourceSpan | undefined;
}

function verifyFunctions(functions: readonly string[], { id, state, sls, span }: Place): Problem[] {
  const problems: Problem[] = [];
  for (const name of functions) {
    if (!/\s/.test(name.trim())) continue;
    const summary = `The function "${name}" in state "${id}" in SLS "${sls}" has whitespace, a function with whitespace is not supported, perhaps this is an argument that is missing a ":"`;
    problems.push(errorAt(span, 'state-functions', summary));
  }
  if (functions.length === 0 || functions[0] === defaultCall) {
    const summary = `No function declared in state '${state}' in SLS '${sls}' (ID '${id}')`;
    // Salt leaves requisites that are written beside the states out where it only shows.
    const isRequisite = state === 'require' || state === 'watch';
    const told = functions.length === 0 && !isRequisite ? errorAt : warningAt;
    problems.push(told(span, 'state-functions', summary, `write ${state}.FUNCTION in place of ${state}`));
  }
  if (functions.length > 1) {
    const summary = `Too many functions declared in state '${state}' in SLS '${sls}' (ID '${id}': ${functions.join(', ')})`;
    problems.push(errorAt(span, 'state-functions', summary));
  }
  return problems;
}

function verifyArgument(part: Dict, place: Place): Problem[] {
  const { id, sls, span } = place;
  const [first] = part;
  if (first === undefined) return [];
  const problems: Problem[] = [];
  for (const [key, value] of part) {
    if (typeof key !== 'string') {
      const summary = `State '${id}' in SLS '${sls}' has an argument named ${pythonRepr(key)}, which is not a string`;
      problems.push(errorAt(span, 'state-shape', summary));
    } else if (key === 'names' && !Array.isArray(value)) {
      const summary = `The 'names' argument in state '${id}' in SLS '${sls}' needs to be formed as a list`;
      problems.push(errorAt(span, 'names-shape', summary));
    } else if (key === 'names') {
      problems.push(...verifyNames(value, place));
    } else if (referenceKeywords.has(key) || key === 'use' || key === 'use_in' || inRequisites.has(key)) {
      problems.push(...verifyReferences(key, value, place));
      if (part.size > 1) problems.push(severalKeys(part, key, place));
    }
  }
  return problems;
}

// Salt looks at the first key only; where that is another, trees run in spite of it.
const strictFirstKeys: ReadonlySet<Value> = new Set(['require', 'watch', 'prereq', 'onchanges']);

function severalKeys(part: Dict, key: string, { id, sls, span }: Place): Problem {
  const [[first] = []] = part;
  const at = strictFirstKeys.has(first ?? null) ? errorAt : warningAt;
  const summary = `Multiple dictionaries defined in argument of state '${id}' in SLS '${sls}'`;
  return at(span, 'requisite-shape', summary, `put ${key} on a line of its own, after a dash`);
}

function verifyNames(names: Value, { id, sls, span }: Place): Problem[] {
  if (!Array.isArray(names)) return [];
  const shown = (entry: Value): string => `The name ${pythonRepr(entry)} in state '${id}' in SLS '${sls}'`;
  return names.flatMap((entry) => {
    const [first, ...more] = isDict(entry) ? entry : [];
    // A number or the like becomes a step that fails, as in Salt.
    const isEntry = isDict(entry) ? Array.isArray(first?.[1]) && first[1].every(isDict) : !Array.isArray(entry);
    if (!isEntry) {
      const summary = `${shown(entry)} is neither a string nor a string with a list of arguments`;
      return [errorAt(span, 'names-shape', summary)];
    }
    if (more.length === 0) return [];
    const summary = `${shown(entry)} has several keys, of which only the first counts`;
    return [warningAt(span, 'names-shape', summary, 'put each on a line of its own, after a dash')];
  });
}

/** Keywords that Salt wants a list for; of the others nothing at all will do. */
const strictKeywords: ReadonlySet<string> = new Set(['require', 'watch', 'prereq', 'onchanges']);

/** Keywords whose references may name a function in place of its module, as in Salt. */
const takesFunctions: ReadonlySet<string> = new Set([
  'require_any',
  'watch_any',
  'onfail',
  'onfail_any',
  'onfail_all',
  'onchanges_any',
]);

function verifyReferences(keyword: string, value: Value, place: Place): Problem[] {
  const { id, sls, span } = place;
  // One target without a list is Salt's short form of the requisites-in alone.
  if (isDict(value) && inRequisites.has(keyword))
    return [...value].flatMap((pair) => verifyReference(keyword, pair, place));
  // Salt takes a text for a list of letters, which name no state; formulas give `listen` to templates that way.
  if (keyword === 'listen' && typeof value === 'string') {
    const summary = `The listen statement in state '${id}' in SLS '${sls}' is a text, so the state listens to nothing`;
    return [warningAt(span, 'requisite-shape', summary, 'a requisite is a list of states')];
  }
  // A list whose template gave it no entry.
  if (value === null && !strictKeywords.has(keyword)) return [];
  if (!Array.isArray(value)) {
    const summary = `The ${keyword} statement in state '${id}' in SLS '${sls}' needs to be formed as a list`;
    return [errorAt(span, 'requisite-shape', summary)];
  }
  return value.flatMap((reference) => {
    if (typeof reference === 'string') return [];
    if (!isDict(reference) || reference.size === 0) {
      const summary = `Requisite declaration ${pythonRepr(reference)} in SLS ${sls} is not formed as a single key dictionary`;
      return [errorAt(span, 'requisite-shape', summary)];
    }
    const [first, ...more] = reference;
    if (first === undefined) return [];
    const surplus = more.map(([key]) => {
      const summary = `Only the first of several keys in a requisite counts: '${pythonRepr(key)}' in ${keyword} of state '${id}' in SLS '${sls}' is left out`;
      return warningAt(span, 'requisite-shape', summary, 'put each on a line of its own, after a dash');
    });
    return [...verifyReference(keyword, first, place), ...surplus];
  });
}

function verifyReference(
  keyword: string,
  [type, target]: readonly [Value, Value],
  { id, sls, span }: Place,
): Problem[] {
  const problems: Problem[] = [];
  if (typeof type !== 'string') {
    problems.push(errorAt(span, 'requisite-shape', `Illegal requisite type "${pythonRepr(type)}" in SLS '${sls}'`));
  } else if (type.includes('.') && !takesFunctions.has(keyword)) {
    const summary = `Invalid requisite type '${type}' in state '${id}', in SLS '${sls}'. Requisite types must not contain dots, did you mean '${type.slice(0, type.indexOf('.'))}'?`;
    problems.push(errorAt(span, 'requisite-type', summary));
  }
  if (typeof target !== 'string' && target !== null) {
    const summary = `Illegal requisite "${pythonRepr(target)}" in state '${id}' in SLS '${sls}', please check your syntax.`;
    problems.push(errorAt(span, 'requisite-shape', summary, 'name one state, as a string'));
  }
  return problems;
}
