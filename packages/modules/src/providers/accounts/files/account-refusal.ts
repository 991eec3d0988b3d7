import { AppError } from '@brine/common';

/** The error for what an account program would refuse, with the status it would end with. */
export function accountRefusal(exitCode: number, message: string): AppError {
  return new AppError({ code: 'state-failed', message, details: { exitCode } });
}
