import { AppError, isAppError } from '../app-error.ts';
import { isDict, Float, type Value } from '../value.ts';
import type { Problem } from '../problem.ts';
import type { Redactor } from './redactor.ts';

// Deeper than anything that is logged; what lies below is not shown rather than shown unread.
const maxDepth = 64;

/** A problem without secrets. */
export function redactProblem(problem: Problem, redactor: Redactor): Problem {
  return redactPlain(problem, redactor) as Problem;
}

/**
 * A copy of any tree of objects, lists, values and errors without secrets; of an error its message, trace, details,
 * problems and causes.
 */
export function redactPlain(plain: unknown, redactor: Redactor, depth = 0): unknown {
  if (redactor.isOpen || plain === null || plain === undefined) return plain;
  if (depth > maxDepth) return '…';
  if (isScalar(plain) || isDict(plain)) return redactor.value(plain);
  if (plain instanceof Error) return redactError(plain, redactor, depth + 1);
  if (Array.isArray(plain)) return plain.map((item: unknown) => redactPlain(item, redactor, depth + 1));
  return typeof plain === 'object' && isPlainObject(plain) ? redactObject(plain, redactor, depth + 1) : undefined;
}

function isScalar(plain: unknown): plain is Value {
  if (plain instanceof Float || plain instanceof Uint8Array) return true;
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof plain);
}

/** Of another object it cannot be told what of it will be shown. */
function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || prototype === Object.prototype;
}

function redactObject(plain: object, redactor: Redactor, depth: number): object {
  return Object.fromEntries(
    Object.entries(plain).map(([key, item]) => [redactor.text(key), redactPlain(item, redactor, depth)]),
  );
}

function redactError(error: Error, redactor: Redactor, depth: number): Error {
  const message = redactor.text(error.message);
  const cause = error.cause === undefined ? undefined : redactPlain(error.cause, redactor, depth);
  const copy = isAppError(error)
    ? new AppError({
        code: error.code,
        message,
        details: redactObject(error.details, redactor, depth) as Readonly<Record<string, unknown>>,
        problems: error.problems.map((problem) => redactPlain(problem, redactor, depth) as Problem),
        cause,
        exitCode: error.exitCode,
      })
    : Object.assign(new Error(message, cause === undefined ? {} : { cause }), redactObject(error, redactor, depth));
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = redactor.text(error.stack);
  return copy;
}
