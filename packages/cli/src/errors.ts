import { AppError, type AppErrorInit } from '@brine/common/launch';

/** Every code this package throws, with what it means in one line. */
export const cliErrors = {
  'master-answer': 'the master answered something that is not understood; its version differs from that of the command',
  'master-lost': 'the master went away before it had answered everything',
  'master-unreachable': 'no master listens on the control socket',
  'option-unsupported': "an option of Salt's that this program does not have yet",
  'output-unwritable': 'the file that was to get the output cannot be written',
  'source-unusable': 'what was to be copied to minions cannot be',
  unanswered: 'a question had to be answered before anything could be changed, and nobody was there',
  usage: 'a command line that cannot be understood',
} as const;

/** An {@link AppError} with a code of this package's catalogue. */
export function cliError(code: keyof typeof cliErrors, message: string, extra: Partial<AppErrorInit> = {}): AppError {
  return new AppError({ ...extra, code, message });
}

/** The status a program ends with when its command line cannot be understood (`EX_USAGE`). */
export const usageExitCode = 64;
