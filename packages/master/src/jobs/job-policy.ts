import { AppError, callsOf, type JobCall } from '@brine/common';
import type { Caller, JobRequest } from '@brine/api';

/** Whether a caller may run a job. Throws `job-refused` when not; every door asks it. */
export type JobPolicy = (request: JobRequest, caller: Caller) => void;

/** The grammar of function names: `module.function`, nothing that could mean something else anywhere. */
const functionName = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+$/i;

/** Throws `job-refused` when a job calls what cannot be the name of a function. */
export function requireFunctionNames(request: JobCall): void {
  for (const { fun } of callsOf(request)) {
    if (functionName.test(fun)) continue;
    throw new AppError({ code: 'job-refused', message: `'${fun}' is not a function name` });
  }
}
