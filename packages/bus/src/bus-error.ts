import { AppError } from '@brine/common';
import type { BusErrorCode } from './errors.ts';

/** An error of the bus's own catalogue. */
export function busError(code: BusErrorCode, message: string, cause?: unknown): AppError {
  return new AppError(cause === undefined ? { code, message } : { code, message, cause });
}
