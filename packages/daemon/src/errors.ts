import { AppError, type AppErrorInit } from '@brine/common';

/** Every code this package throws, with what it means in one line. */
export const daemonErrors = {
  'daemon-not-ready': 'a daemon that was put into the background ended before it was ready',
  'daemon-running': 'another daemon of this kind runs with this pid file',
  'database-unusable': 'a database that pillar is read from cannot be used',
  'key-invalid': 'a key file does not hold a key',
  'key-unreadable': 'a key file cannot be read or written',
  'log-unwritable': 'the log file cannot be opened',
  'user-unknown': 'the user to run as does not exist or cannot be taken on',
} as const;

/** An {@link AppError} with a code of this package's catalogue. */
export function daemonError(
  code: keyof typeof daemonErrors,
  message: string,
  extra: Partial<AppErrorInit> = {},
): AppError {
  return new AppError({ ...extra, code, message });
}
