import {
  isAppError,
  isDict,
  pythonStr,
  type Applied,
  type CheckOutcome,
  type Dict,
  type Plain,
  type Value,
} from '@brine/common';
import { fails, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { findMissing } from './find-missing.ts';

/** `module.run` in both its forms: functions as keys (new), or one function as the name (old). */
export async function checkFunctions(
  args: { readonly name: string },
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const given = [...context.unknownArguments.keys()].map((key) => pythonStr(key));
  const isOld = given.length === 0 || given.some((key) => !key.includes('.'));
  return isOld ? checkOld(args.name, context) : checkNew(context);
}

interface Call {
  /** As written; what follows a colon tells several calls of one function apart. */
  readonly key: string;
  readonly name: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

async function checkNew(context: StateContext): Promise<CheckOutcome<Host>> {
  const calls = Array.from(context.unknownArguments, ([key, value]) => toCall(pythonStr(key), value));
  const name = calls.map(({ key }) => key);
  const missing = await findMissing(
    calls.map((call) => call.name),
    context,
  );
  const there = calls.map((call) => call.name).filter((one) => !missing.includes(one));
  const comment = `Function${there.length > 1 ? 's' : ''} ${there.join(', ')} to be executed.`;
  if (missing.length > 0) {
    const absent = `Unavailable function${missing.length > 1 ? 's' : ''}: ${missing.join(', ')}.`;
    const foretoldComment = there.length === 0 ? absent : `${absent} ${comment}`;
    return { ...fails(absent), foretoldComment, extra: { name } };
  }
  return willChange({ comment, changes: {}, extra: { name } }, async () => ({
    ...(await runCalls(calls, context)),
    extra: { name },
  }));
}

function toCall(key: string, value: Value): Call {
  const items = Array.isArray(value) ? value : value === null ? [] : [value];
  const positional = items.filter((item) => !isDict(item));
  const keyword: Dict = new Map(items.filter(isDict).flatMap((item) => [...item]));
  return { key, name: key.split(':')[0] ?? key, positional, keyword };
}

async function runCalls(calls: readonly Call[], context: StateContext): Promise<Applied> {
  const failures: string[] = [];
  const successes: string[] = [];
  const changes: Record<string, Plain> = {};
  for (const { key, name, positional, keyword } of calls) {
    const answer = await tryCall(context, name, { positional, keyword });
    if ('failure' in answer) failures.push(`'${key}' failed: ${shortenMissing(answer.failure)}`);
    else if (!isSuccess(answer.value)) failures.push(describeFailure(key, answer.value));
    else {
      const said = isDict(answer.value) ? (answer.value.get('comment') ?? 'Success') : answer.value;
      successes.push(`${key}: ${pythonStr(said)}`);
      changes[key] = answer.value;
    }
  }
  return { comment: [...failures, ...successes].join(', '), changes, failed: failures.length > 0 };
}

// Salt names what is missing before it calls a function of the new form.
function shortenMissing(failure: string): string {
  const [, names] = /missing \d+ required positional arguments?: (.*)$/.exec(failure) ?? [];
  return names === undefined ? failure : `Missing arguments: ${names.replaceAll("'", '').replace(/,? and /, ', ')}`;
}

function describeFailure(key: string, value: Value): string {
  if (!isDict(value)) return `'${key}': ${pythonStr(value)}`;
  return `'${key}' failed: ${pythonStr(value.get('comment') ?? '(error message N/A)')}`;
}

async function tryCall(
  context: StateContext,
  name: string,
  args: { readonly positional: readonly Value[]; readonly keyword: Dict },
): Promise<{ readonly value: Value } | { readonly failure: string }> {
  try {
    return { value: await context.call(name, args.positional, args.keyword) };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { failure: caught.message };
  }
}

function isSuccess(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (!isDict(value)) return true;
  const retcode = value.get('retcode') ?? 0;
  if (retcode !== 0) return false;
  const result = value.get('result');
  return typeof result === 'boolean' ? result : !hasFailure(value);
}

function hasFailure(value: Dict): boolean {
  return [...value].some(([key, item]) => (key === 'result' && item === false) || (isDict(item) && hasFailure(item)));
}

// What a function calls name, fun and so on is written m_name, m_fun, for these names belong to the state.
function toKeywords(given: Dict): { readonly positional: readonly Value[]; readonly keyword: Dict } {
  const keyword: Dict = new Map();
  let positional: readonly Value[] = [];
  for (const [key, value] of given) {
    if (key === 'args' && Array.isArray(value)) positional = value;
    else if (key === 'kwargs' && isDict(value)) for (const [name, item] of value) keyword.set(name, item);
    else keyword.set(/^m_(name|fun|names|state|saltenv)$/.exec(pythonStr(key))?.[1] ?? key, value);
  }
  return { positional, keyword };
}

async function checkOld(name: string, context: StateContext): Promise<CheckOutcome<Host>> {
  const given = context.unknownArguments;
  if (given.has('returner')) return fails('The returner argument is not supported');
  if ((await findMissing([name], context)).length > 0) return fails(`Module function ${name} is not available`);
  const { positional, keyword } = toKeywords(given);
  const strange = await findStrange(name, keyword, context);
  for (const key of strange) keyword.delete(key);
  const extra =
    strange.length === 0
      ? {}
      : { extra: { warnings: [`${name} has no such argument, so that it was left out: ${strange.join(', ')}`] } };
  const pending = { comment: `Module function ${name} is set to execute`, changes: {}, ...extra };
  return willChange(pending, async () => ({ ...(await runOld(name, { positional, keyword }, context)), ...extra }));
}

async function runOld(
  name: string,
  args: { readonly positional: readonly Value[]; readonly keyword: Dict },
  context: StateContext,
): Promise<Applied> {
  const answer = await tryCall(context, name, args);
  if ('failure' in answer) return { comment: tellOldFailure(name, answer.failure), changes: {}, failed: true };
  const changes = { ret: answer.value };
  return { comment: `Module function ${name} executed`, changes, failed: !isSuccess(answer.value) };
}

/** Arguments that a function does not have. The old form passes over them, as in Salt. */
async function findStrange(name: string, keyword: Dict, context: StateContext): Promise<readonly string[]> {
  const specs = await context.call('sys.argspec', [name]).catch(() => null);
  const spec = isDict(specs) ? specs.get(name) : undefined;
  if (spec === undefined || !isDict(spec)) return [];
  const known = spec.get('args');
  if (!Array.isArray(known) || spec.get('kwargs') === true || spec.get('varargs') === true) return [];
  const names = known.map((one) => pythonStr(one));
  return [...keyword.keys()].map((key) => pythonStr(key)).filter((key) => !names.includes(key));
}

// The state has a name and so on of its own, so that those of the function are written with m_.
function tellOldFailure(name: string, failure: string): string {
  const [, missing] = /missing \d+ required positional arguments?: (.*)$/.exec(failure) ?? [];
  if (missing === undefined) return `Module function ${name} threw an exception. Exception: ${failure}`;
  const names = [...missing.matchAll(/'([^']+)'/g)].map(([, one = '']) => one);
  const written = names.map((one) => (/^(name|fun|names|state|saltenv)$/.test(one) ? `m_${one}` : one));
  return `The following arguments are missing: ${written.join(' ')}`;
}
