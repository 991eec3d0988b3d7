import { AppError, callsOf } from '@brine/common';
import type { Caller, JobRequest } from '@brine/api';

/** Whether a caller may run a job. Throws `job-refused` when not; every door asks it. */
export type JobPolicy = (request: JobRequest, caller: Caller) => void;

/** The grammar of function names: `module.function`, nothing that could mean something else anywhere. */
const functionName = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+$/i;

/** The master's own socket is open to its owner only, who may run everything that is a function. */
export const ownerPolicy: JobPolicy = (request, caller) => {
  for (const { fun } of callsOf(request)) {
    if (!functionName.test(fun)) {
      throw new AppError({ code: 'job-refused', message: `'${fun}' is not a function name` });
    }
  }
  switch (caller.via) {
    case 'socket':
      return;
    default:
      throw new AppError({ code: 'job-refused', message: 'this way in may not run jobs' });
  }
};
