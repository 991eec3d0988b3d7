import { isAppError, toValue, type Plain, type Value } from '@brine/common';
import { HttpProblem } from './netapi/http-problem.ts';

/** The HTTP status of an error, by its code. */
const statusByCode: ReadonlyMap<string, number> = new Map([
  ['request-invalid', 400],
  ['target-invalid', 400],
  ['target-empty', 404],
  ['route-unknown', 404],
  ['job-unknown', 404],
  ['runner-unknown', 404],
  ['key-not-found', 404],
  ['job-refused', 403],
  ['store-full', 507],
  ['access-refused', 403],
  ['login-needed', 401],
  ['login-refused', 401],
  ['login-limited', 429],
  ['idempotency-conflict', 409],
  ['job-exists', 409],
]);

/** What a client gets for an error: code, message and addressed problems; never a stack trace. */
export function answerForError(error: unknown): { readonly status: number; readonly body: Value } {
  if (error instanceof HttpProblem) {
    const { status, code, message } = error;
    return { status, body: toValue({ error: { code, message, exitCode: 1 } }) };
  }
  if (isAppError(error)) {
    return {
      status: statusByCode.get(error.code) ?? 422,
      body: toValue({
        error: {
          code: error.code,
          message: error.message,
          exitCode: error.exitCode,
          problems: error.problems as unknown as Plain,
        },
      }),
    };
  }
  return {
    status: 500,
    body: toValue({ error: { code: 'internal', message: 'internal error; see the log of the master', exitCode: 1 } }),
  };
}
