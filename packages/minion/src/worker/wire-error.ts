import { AppError, isAppError } from '@brine/common';
import type { WireError } from './worker-messages.ts';

/** What of an error crosses a process boundary: an AppError's words, of anything else only that it happened. */
export function toWireError(error: unknown): WireError {
  if (isAppError(error)) return { code: error.code, message: error.message, problems: error.problems };
  return { code: 'bus-remote', message: 'the master failed to answer', problems: [] };
}

/** The error that a {@link WireError} stands for. */
export function fromWireError({ code, message, problems }: WireError): AppError {
  return new AppError({ code, message, problems });
}
