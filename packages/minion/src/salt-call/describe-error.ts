import { formatProblems, isAppError } from '@brine/common';

/** What a person reads when a command stops: the message, and each addressed problem; never a stack trace of ours. */
export function describeError(error: unknown, withTrace = false): string {
  if (withTrace && error instanceof Error) return `${error.stack ?? error.message}\n`;
  const message = error instanceof Error ? error.message : String(error);
  if (!isAppError(error) || error.problems.length === 0) return `${message}\n`;
  const problems = formatProblems(error.problems);
  return problems.includes(message) ? `${problems}\n` : `${message}\n${problems}\n`;
}

/** The status a program ends with when an error stopped it. */
export function exitCodeOf(error: unknown): number {
  return isAppError(error) ? error.exitCode : 1;
}
