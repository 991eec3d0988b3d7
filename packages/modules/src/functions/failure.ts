import { AppError } from '@brine/common';

/** The error of a function that could not do what it was asked to; its message is what the caller reads. */
export function failure(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'function-failed', message, ...(cause === undefined ? {} : { cause }) });
}
