import { AppError, type AppErrorInit } from '@brine/common';

/** Every code this package throws or reports, with what it means in one line. */
export const minionErrors = {
  'call-usage': 'a command line that cannot be understood',
  'call-option-unsupported': "an option of Salt's that this program does not have yet",
  'call-failed': 'a function ended with an error',
  'converge-invalid': 'the settings of the converge loop cannot be used',
  'events-unreachable': 'the daemon whose events are to be watched does not listen',
  'file-damaged': 'a fetched file is not the one that was promised',
  'file-refused': 'the master serves a file whose path cannot be used',
  'function-unknown': 'no execution function has this name',
  'id-invalid': 'the configured minion id is outside the grammar of ids',
  'journal-full': 'the minion has no room to take a job on',
  'journal-unwritable': 'the record of accepted jobs cannot be written',
  'key-invalid': 'a key file does not hold a key',
  'key-unreadable': 'a key file cannot be read or written',
  'link-broken': 'the connection between salt-call and the minion daemon broke',
  'local-config': 'the file that localconfig names does not exist or is not a configuration',
  'lock-unusable': 'the lock that keeps state runs apart cannot be taken because its folder cannot be used',
  'master-away': 'the master is away and what it was asked for is not in the sealed tree',
  'master-refused': 'the master does not accept this minion',
  'master-unconfigured': 'no master is named where one is needed',
  'master-unreachable': 'the master did not answer in time',
  'output-unwritable': 'the file that was to get the output cannot be written',
  'pillar-failed': 'the pillar does not compile, so nothing that needs it is run',
  'remote-file': 'a file of another server cannot be had',
  'signal-unsupported': 'a signal that cannot be sent to a job',
  'step-stopped': 'a state was stopped before it could start a program',
  'tree-changed': 'a file of the master changed after the run that needs it had begun',
  'verb-unknown': 'the master asked something that minions do not answer',
  'renderer-unsupported': 'a template engine that does not exist here',
} as const;

/** A code out of {@link minionErrors}. */
export type MinionErrorCode = keyof typeof minionErrors;

/** An {@link AppError} with a code of this package's catalogue. */
export function minionError(code: MinionErrorCode, message: string, extra: Partial<AppErrorInit> = {}): AppError {
  return new AppError({ ...extra, code, message });
}
