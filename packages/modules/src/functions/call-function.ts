import { AppError, closestName, isAppError, isDict, toValue, type Dict, type Value } from '@brine/common';
import { bindFunctionArguments, ignoredKeywords, secretsOfCall } from '../kit/bind-function-arguments.ts';
import type { FunctionContext } from '../kit/context.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import type { ModuleTable } from '../kit/module-table.ts';
import { endingWith } from './ending-with.ts';
import { refusedFunctions } from './refused.ts';
import { isTruthy } from '../kit/truth.ts';

/** One call of an execution function. */
export interface FunctionCall {
  readonly table: Pick<ModuleTable, 'functions'>;
  readonly name: string;
  readonly positional?: readonly Value[];
  readonly keyword?: Dict;
  readonly context: FunctionContext;
  /** Whether a person or a job makes this call itself, rather than a template, a state or another function. */
  readonly isDirect?: boolean;
}

/** How a call ended. */
export interface FunctionAnswer {
  readonly value: Value;
  /** 0 when it went well. */
  readonly retcode: number;
  /** The outputter the answer is meant for, e.g. `highstate`; `undefined` leaves it to the reader. */
  readonly outputter: string | undefined;
}

/**
 * Calls an execution function. Throws `function-unknown`, `function-arguments`, and whatever the function throws.
 * The answer's retcode is what the function set, or 1 when its answer is a dict whose `result` or `success` is false.
 */
export async function runFunction(call: FunctionCall): Promise<FunctionAnswer> {
  const declaration = await findFunction(call.table, call.name);
  const { positional = [], keyword = new Map() } = call;
  for (const text of secretsOfCall(declaration, positional, keyword)) await call.context.keepSecret?.(text);
  const args = bindFunctionArguments(declaration, positional, keyword);
  const ignored = ignoredKeywords(declaration, keyword);
  if (ignored.length > 0)
    call.context.log.warn('arguments that the function does not have are ignored', {
      function: call.name,
      ignored: ignored.map((argument) => withGuess(declaration, argument)),
    });
  let retcode = 0;
  const context: FunctionContext = {
    ...call.context,
    host: endingWith(call.context.signal, call.context.host),
    isDirect: call.isDirect ?? false,
    setRetcode: (code) => {
      retcode = code;
      call.context.setRetcode(code);
    },
  };
  const value = toValue(await declaration.run(args, context));
  if (retcode === 0 && call.isDirect === true && saysFailure(value)) context.setRetcode(1);
  return { value, retcode, outputter: declaration.outputter };
}

/**
 * Calls an execution function as a job does: what goes wrong becomes the answer, in Salt's words and with a
 * retcode other than 0. Throws only when the call was cancelled.
 */
export async function callFunction(call: FunctionCall): Promise<FunctionAnswer> {
  try {
    return await runFunction({ ...call, isDirect: call.isDirect ?? true });
  } catch (error) {
    if (call.context.signal.aborted) throw error;
    const value = describeFailure(error);
    call.context.log.debug('function failed', { function: call.name, error });
    call.context.setRetcode(1);
    return { value, retcode: 1, outputter: 'nested' };
  }
}

/** The declaration behind a name; throws `function-unknown` with the nearest name when there is none. */
export async function findFunction(table: Pick<ModuleTable, 'functions'>, name: string): Promise<FunctionDeclaration> {
  const load = Object.hasOwn(table.functions, name) ? table.functions[name] : undefined;
  if (load !== undefined) return load();
  const reason = refusedFunctions.get(name);
  if (reason !== undefined)
    throw new AppError({
      code: 'function-unknown',
      message: `'${name}' is not available: ${reason}.`,
      details: { function: name },
    });
  const near = closestName(name, Object.keys(table.functions));
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`;
  throw new AppError({
    code: 'function-unknown',
    message: `'${name}' is not available.${hint}`,
    details: { function: name, ...(near === undefined ? {} : { near }) },
  });
}

function withGuess({ args }: FunctionDeclaration, argument: string): string {
  const meant = closestName(argument, Object.keys(args.shape));
  return meant === undefined ? argument : `${argument} (did you mean '${meant}'?)`;
}

function describeFailure(error: unknown): string {
  if (isAppError(error, 'function-unknown') || isAppError(error, 'function-arguments')) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return isAppError(error) ? `ERROR: ${message}` : `The minion function caused an exception: ${message}`;
}

function saysFailure(value: Value): boolean {
  if (!isDict(value)) return false;
  return ['result', 'success'].some((key) => value.has(key) && !isTruthy(value.get(key) ?? null));
}
