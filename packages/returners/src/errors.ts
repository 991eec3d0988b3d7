import { AppError } from '@brine/common';

/** The codes of the errors this package throws. */
export const returnersErrors = {
  'returner-unknown': 'there is no returner of this name',
  'returner-settings': 'a setting of a returner is missing or cannot be used',
  'returner-failed': 'a returner could not hand on what it was given; it is tried again',
  'returner-backlog': 'too much waits for returners that do not answer; the oldest was given up',
} as const;

/** A code of {@link returnersErrors}. */
export type ReturnersErrorCode = keyof typeof returnersErrors;

/** An error of this package. */
export function returnerError(code: ReturnersErrorCode, message: string, cause?: unknown): AppError {
  return new AppError({ code, message, ...(cause === undefined ? {} : { cause }) });
}
